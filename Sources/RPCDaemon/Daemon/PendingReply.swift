import Configuration
import CrowdModelsProtocol
import Sessions

/// A request that is not answered at once: whom to answer, under which id, alone or in a batch.
///
/// It keeps its connection until it has answered; on a connection that is closed answers go
/// nowhere.
final class PendingReply: Reply {
    let connection: Connection
    /// The id as it came; empty for none.
    let id: [UInt8]
    /// The id as it is compared.
    let canonicalID: [UInt8]
    private let batch: Batch?
    /// What goes on until it is answered.
    private(set) var job: (any Job)?
    private var held = 0
    private var sequence = 0

    init(_ connection: Connection, id: Span<UInt8>, batch: Batch?) {
        self.connection = connection
        self.id = unsafe id.withUnsafeBufferPointer { unsafe Array($0) }
        canonicalID = RequestID.canonical(id)
        self.batch = batch
        batch?.outstanding += 1
    }

    var peer: Peer { connection.peer }

    func began(_ job: any Job) {
        self.job = job
        connection.inFlight.append(self)
    }

    func hold(_ bytes: Int) throws(Fault) {
        try connection.daemon.memory.hold(bytes, counted: &held)
    }

    /// Its connection has closed.
    func abandon() {
        let job = job.take()
        release()
        job?.abandon()
    }

    /// Answers with the result that `write` appends.
    func succeed(_ write: (inout ByteBuffer) -> Void) {
        release()
        let id = id
        connection.answer(id.span, batch, write)
        settle()
    }

    /// Answers with an error.
    func fail(_ fault: Fault) {
        release()
        let id = id
        connection.refuse(id.span, batch, fault)
        settle()
    }

    /// The request is answered at once after all, by whoever asked for this.
    func withdraw() {
        release()
        batch?.outstanding -= 1
    }

    private func release() {
        connection.daemon.memory.change(&held, to: 0)
        job = nil
        connection.inFlight.removeAll { $0 === self }
    }

    var isFull: Bool { connection.output.count > connection.daemon.limits.outputPauseBytes }

    func delta(content: Span<UInt8>, reasoning: Span<UInt8>, toolCalls: Span<UInt8>) {
        let sequence = sequence
        self.sequence += 1
        let id = id
        connection.output.append(notification: "complete.delta") { out in
            out.append("{\"id\":")
            out.append(id.span)
            out.append(",\"seq\":")
            out.append(decimal: sequence)
            if !content.isEmpty {
                out.append(",\"content\":")
                out.append(content)
            }
            if !reasoning.isEmpty {
                out.append(",\"reasoning\":")
                out.append(reasoning)
            }
            if !toolCalls.isEmpty {
                out.append(",\"tool_calls\":")
                out.append(compact: toolCalls)
            }
            out.append("}")
        }
        connection.noteOutput(of: self)
    }

    func progress(_ progress: Progress) {
        let id = id
        connection.output.append(notification: "complete.progress") { out in
            out.append("{\"id\":")
            out.append(id.span)
            out.append(",\"phase\":")
            out.append(string: progress.phase)
            if let position = progress.position {
                out.append(",\"position\":")
                out.append(decimal: position)
            }
            if let fraction = progress.fraction {
                out.append(",\"progress\":")
                out.append(number: fraction)
            }
            if let backend = progress.backend {
                out.append(",\"backend\":")
                out.append(string: backend)
            }
            if let eta = progress.etaMilliseconds {
                out.append(",\"eta_ms\":")
                out.append(decimal: eta)
            }
            out.append("}")
        }
        connection.noteOutput(of: self)
    }

    private func settle() {
        if let batch { connection.settled(batch) }
        connection.scheduleFlush()
    }
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
