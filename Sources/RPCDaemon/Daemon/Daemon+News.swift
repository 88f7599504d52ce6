import Backends
import CrowdModelsProtocol
import Kernel
import Requests
import Sessions

/// What those hear who subscribed.
extension Daemon {
    /// A request came, changed its phase, or was answered.
    func publishRequest(_ job: RequestJob, _ change: RequestChange) {
        desk.feed.publish(.requests) { out in
            out.append("{\"kind\":\"")
            out.append(utf8: change.rawValue)
            out.append("\",\"request\":")
            job.write(now: loop.now, to: &out)
            out.append("}")
        }
    }

    /// A backend, and with it perhaps its models, came, changed or went.
    func publishBackend(_ backend: Backend, _ kind: StaticString = "changed") {
        desk.feed.publish(.backends) { out in
            out.append("{\"kind\":\"")
            out.append(kind)
            out.append("\",\"backend\":")
            backend.write(to: &out)
            out.append("}")
        }
    }

    /// A model came, changed or went.
    func publishModel(_ model: Model, of backend: Backend, _ kind: StaticString) {
        desk.feed.publish(.models) { out in
            out.append("{\"kind\":\"")
            out.append(kind)
            out.append("\",\"model\":")
            write(model, of: backend, to: &out)
            out.append("}")
        }
    }
}
