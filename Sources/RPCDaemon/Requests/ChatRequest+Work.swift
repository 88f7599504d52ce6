package import Backends
import CrowdModelsProtocol
package import Metrics
package import Scheduling

/// A `complete` is what its caller asked, with nothing beside it.
extension ChatRequest: Work {
    package var method: String { "complete" }
    package var wantedModel: String? { string(.model) }
    package var tag: String? { string(.tag) }
    package var wantsProgress: Bool { isTrue(.progress) }
    package var operation: Operation? { isRaw ? .textCompletion : .chat }

    package func attempt(
        of job: RequestJob, on backend: Backend, _ placement: consuming Placement
    ) -> any Attempt {
        ChatAttempt(of: job, self, on: backend, placement)
    }
}
