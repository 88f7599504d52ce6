import Backends
import CrowdModelsProtocol
import Sessions

/// `models.refresh`: asks the backends now and answers when the last of them has.
final class Refresh: Job {
    private let reply: any Reply
    private let daemon: Daemon
    private let lanes: [BackendLane]
    private var remaining: Int
    private var errors: [JSONValue] = []
    private var isSettled = false

    init(_ reply: any Reply, _ lanes: [BackendLane], of daemon: Daemon) {
        self.reply = reply
        self.lanes = lanes
        self.daemon = daemon
        remaining = lanes.count
    }

    func start() {
        reply.began(self)
        daemon.refreshes.append(self)
        if lanes.isEmpty { return answer() }
        for lane in lanes {
            lane.server.refresh { [weak lane, self] outcome in
                if let lane { heard(outcome, of: lane) }
            }
        }
    }

    func cancel() {
        guard settle() else { return }
        reply.fail(Fault(.cancelled, "the request was cancelled"))
        daemon.endIfIdle()
    }

    func abandon() {
        _ = settle()
    }

    /// The daemon ends before the backends have answered.
    func cutShort() {
        guard settle() else { return }
        reply.fail(Daemon.stopping)
    }

    func drained() {}

    private func heard(_ outcome: ModelServer.Outcome, of lane: BackendLane) {
        lane.looked(outcome)
        if case .failed(let failure) = outcome {
            let fault = lane.daemon.router.unavailable(lane)
            errors.append([
                "backend": .string(lane.name), "kind": .string(fault.code.kind),
                "message": .string(failure.message(product: lane.server.productName)),
            ])
        }
        remaining -= 1
        if remaining == 0 { answer() }
    }

    private func answer() {
        guard settle() else { return }
        let errors = JSONValue.array(errors)
        reply.succeed { out in
            out.append("{\"models\":[")
            daemon.writeModelObjects(ModelFilter(), lanes, to: &out)
            out.append("],\"errors\":")
            errors.write(to: &out)
            out.append("}")
        }
        daemon.endIfIdle()
    }

    private func settle() -> Bool {
        if isSettled { return false }
        isSettled = true
        daemon.refreshes.removeAll { $0 === self }
        return true
    }
}
