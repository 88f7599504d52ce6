import CrowdModelsProtocol
import Kernel

/// The answers to one batch, sent as one array when the last of them is there.
final class Batch {
    /// `[` and the answers so far.
    var body = ByteBuffer()
    /// Requests that are still in flight.
    var outstanding = 0
    /// Ids met so far: the second of two that are the same is a duplicate.
    var ids: Set<RequestID> = []
    /// Whether elements are still being read.
    var isOpen = true {
        didSet { ids = [] }
    }
    private let memory: MemoryAccount
    /// Bytes that `memory` counts for the answers.
    private var held = 0

    init(in memory: MemoryAccount) {
        self.memory = memory
        body.append(UInt8(ascii: "["))
    }

    deinit { memory.change(&held, to: 0) }

    /// Appends one answer that `write` appends.
    func add(_ write: (inout ByteBuffer) -> Void) {
        if body.count > 1 { body.append(UInt8(ascii: ",")) }
        write(&body)
        memory.change(&held, to: body.allocated)
    }

    /// Takes back the answers behind the first `count` bytes, and their memory with them.
    func truncate(to count: Int) {
        var shorter = ByteBuffer(body.span.extracting(first: count))
        swap(&shorter, &body)
        memory.change(&held, to: body.allocated)
    }

    /// Its answers were sent.
    func forget() {
        body.removeAll(keeping: 0)
        memory.change(&held, to: 0)
    }

    /// Whether all answers are there.
    var isComplete: Bool { !isOpen && outstanding == 0 }
}

/// A line that is read in more than one step: how far it is, and the batch that it may be.
final class LineInProgress {
    var reader: LineReader
    var batch: Batch?

    init(_ limits: RequestLimits) {
        reader = LineReader(limits)
    }
}
