package import Configuration
import CrowdModelsProtocol
package import Kernel

/// What all conversations share: whom they ask, what they may, what is held and told. It lives as
/// long as the daemon does.
package final class Desk {
    package unowned let service: any Service
    package let loop: EventLoop
    /// Those in force.
    package var limits: Limits {
        didSet { memory.max = limits.memoryMax }
    }
    package let memory: MemoryAccount
    package private(set) lazy var feed = Feed(self)
    /// A reply that was answered at once and may be used again, so that most requests make none.
    private var spare: LineReply?

    package init(_ service: any Service, on loop: EventLoop, limits: Limits) {
        self.service = service
        self.loop = loop
        self.limits = limits
        memory = loop.memory
        memory.max = limits.memoryMax
    }

    @inline(__always)
    func reply(to id: Span<UInt8>, batch: Batch?, in conversation: Conversation) -> LineReply {
        guard let spare = spare.take() else {
            return LineReply(conversation, id: id, batch: batch)
        }
        spare.reuse(conversation, id: id, batch: batch)
        return spare
    }

    /// Keeps a reply for the next request, unless somebody else still has it.
    @inline(__always)
    func takeBack(_ reply: consuming LineReply) {
        spare = reply
        if !isKnownUniquelyReferenced(&spare) { spare = nil }
    }
}
