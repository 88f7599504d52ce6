import CrowdModelsProtocol
import Sessions

/// What those hear who subscribed.
extension Daemon {
    /// A request came, changed its phase, or was answered.
    func publishRequest(_ completion: Completion, _ kind: StaticString) {
        desk.feed.publish(.requests) { out in
            out.append("{\"kind\":\"")
            out.append(kind)
            out.append("\",\"request\":")
            completion.write(to: &out)
            out.append("}")
        }
    }

    /// A backend, and with it perhaps its models, is not what it was.
    func backendChanged(_ lane: BackendLane) {
        desk.feed.publish(.backends) { out in
            out.append("{\"kind\":\"changed\",\"backend\":")
            lane.write(to: &out)
            out.append("}")
        }
    }

    /// A model came, changed or went.
    func publishModel(_ found: FoundModel, _ kind: StaticString) {
        desk.feed.publish(.models) { out in
            out.append("{\"kind\":\"")
            out.append(kind)
            out.append("\",\"model\":")
            write(found, to: &out)
            out.append("}")
        }
    }
}
