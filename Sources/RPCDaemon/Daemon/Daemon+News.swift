import Backends
import CrowdModelsProtocol
import Kernel
import Requests
import Sessions

/// What those hear who subscribed.
extension Daemon {
    /// A request came, changed its phase, or was answered.
    func publishRequest(_ job: RequestJob, _ change: ChangeKind) {
        feed.publish(.requests) {
            SubscriptionChange(change, RequestDescription(job, now: loop.now)).write(to: &$0)
        }
    }

    /// A backend, and with it perhaps its models, came, changed or went.
    func publishBackend(_ backend: Backend, _ change: ChangeKind = .changed) {
        feed.publish(.backends) {
            SubscriptionChange(change, BackendDescription(backend)).write(to: &$0)
        }
    }

    /// A model came, changed or went.
    func publishModel(_ model: Model, of backend: Backend, _ change: ChangeKind) {
        feed.publish(.models) {
            SubscriptionChange(change, description(of: model, on: backend)).write(to: &$0)
        }
    }
}
