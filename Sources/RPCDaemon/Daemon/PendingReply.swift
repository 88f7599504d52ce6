import CrowdModelsProtocol

/// A request that is not answered at once: whom to answer, under which id, alone or in a batch.
///
/// It keeps its connection until it has answered; on a connection that is closed answers go
/// nowhere.
final class PendingReply {
    let connection: Connection
    /// The id as it came; empty for none.
    let id: [UInt8]
    /// The id as it is compared.
    let canonicalID: [UInt8]
    private let batch: Batch?

    init(_ connection: Connection, id: Span<UInt8>, batch: Batch?) {
        self.connection = connection
        self.id = unsafe id.withUnsafeBufferPointer { unsafe Array($0) }
        canonicalID = RequestID.canonical(id)
        self.batch = batch
        batch?.outstanding += 1
    }

    /// Answers with the result that `write` appends.
    func succeed(_ write: (inout ByteBuffer) -> Void) {
        let id = id
        connection.answer(id.span, batch, write)
        settle()
    }

    /// Answers with an error.
    func fail(_ fault: Fault) {
        let id = id
        connection.refuse(id.span, batch, fault)
        settle()
    }

    /// The request is answered at once after all, by whoever asked for this.
    func withdraw() {
        batch?.outstanding -= 1
    }

    private func settle() {
        if let batch { connection.settled(batch) }
        connection.scheduleFlush()
    }
}

/// A request in flight, which its caller can cancel and whose caller can go.
protocol InFlight: AnyObject {
    var reply: PendingReply { get }
    /// The caller does not want it any more: it is answered now.
    func cancel()
    /// The caller is gone: nobody is answered.
    func abandon()
    /// The caller has read most of what waited for it.
    func outputDrained()
}

/// The answers to one batch, sent as one array when the last of them is there.
final class Batch {
    /// `[` and the answers so far.
    var body = ByteBuffer()
    /// Requests that are still in flight.
    var outstanding = 0
    /// Ids met so far, as they are compared: the second of two is a duplicate.
    var ids: [[UInt8]] = []
    /// Whether elements are still being read.
    var isOpen = true

    init() {
        body.append(UInt8(ascii: "["))
    }

    /// Appends one answer that `write` appends.
    func add(_ write: (inout ByteBuffer) -> Void) {
        if body.count > 1 { body.append(UInt8(ascii: ",")) }
        write(&body)
    }

    /// Whether all answers are there.
    var isComplete: Bool { !isOpen && outstanding == 0 }
}
