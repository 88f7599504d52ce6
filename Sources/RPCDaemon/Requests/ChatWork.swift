package import Backends
import CrowdModelsProtocol
package import Metrics
package import Scheduling

/// A `complete`: what its caller asked, and the marks that routing needs.
package final class ChatWork: Work {
    package let chat: ChatRequest
    /// Bytes of the result that may be kept for its caller.
    let keptMax: Int
    package let wantsProgress: Bool
    package let tag: String?

    package init(_ chat: ChatRequest, keptMax: Int) {
        self.chat = chat
        self.keptMax = keptMax
        wantsProgress = chat.isTrue(.progress)
        tag = chat.string(.tag)
    }

    package var method: String { "complete" }
    package var wantedModel: String? { chat.string(.model) }
    package var isStream: Bool { chat.isStream }
    package var traceparent: String? { chat.traceparent }
    package var operation: Operation? { chat.isRaw ? .textCompletion : .chat }
    package var byteCount: Int { chat.byteCount }

    package func attempt(
        of job: RequestJob, on backend: Backend, _ placement: consuming Placement
    ) -> any Attempt {
        ChatAttempt(of: job, chat, keptMax: keptMax, on: backend, placement)
    }
}
