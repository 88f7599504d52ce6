import Backends
import Configuration
import CrowdModelsProtocol
import Kernel
import Requests
import Sessions
import Telemetry

/// Answers that need nobody's patience: what the daemon knows, written as it stands.
extension Daemon {
    func writeStatus(to out: inout ByteBuffer) {
        let totals = dispatcher.totals
        var status = StatusResult(
            name: Version.name, version: Version.number, pid: Int(ThisProcess.pid),
            socket: settings.socketPath)
        status.uptimeSeconds = uptimeSeconds
        status.http = serving?.port.endpoint
        status.httpProblem = serving?.port.problem
        status.config = settings.path
        status.inFlight = totals.inFlight
        status.queued = totals.queued
        status.connections = reception.count
        status.limits = config.limits.values
        for backend in dispatcher.backends {
            status.backends[backend.state.rawValue, default: 0] += 1
        }
        status.write(to: &out)
    }

    /// Seconds since the start, to the millisecond.
    var uptimeSeconds: Double { Double((loop.now &- startedAt) / 1_000_000) / 1000 }

    func writeHelp(of method: Method?, to out: inout ByteBuffer) {
        if let method { return OpenRPC.writeMethod(method, to: &out) }
        MethodList().write(to: &out)
    }

    func writeOpenRPC(to out: inout ByteBuffer) {
        OpenRPC.write(version: Version.number, to: &out)
    }

    func writeConfig(to out: inout ByteBuffer) {
        config.tree.write(to: &out)
    }

    // MARK: Models and backends

    func writeModels(_ filter: ModelFilter, to out: inout ByteBuffer) {
        guard filter.admitsAll else {
            return ModelsResult.write(to: &out) { array, out in
                add(filter, of: dispatcher.backends, to: &array, &out)
            }
        }
        if modelsText.isEmpty { renderModels() }
        let text = modelsText
        out.append(text.span)
    }

    /// The whole list as text, kept until a backend's list changes: it is asked for more often than
    /// it changes, and has 300 bytes a model.
    private func renderModels() {
        var text = ByteBuffer()
        ModelsResult.write(to: &text) { array, out in
            add(ModelFilter(), of: dispatcher.backends, to: &array, &out)
        }
        modelsText = text.bytes
    }

    /// The models of backends that are up, in the order in which backends are tried; of more than
    /// may be told, enough to be refused.
    func add(
        _ filter: ModelFilter, of backends: [Backend], to array: inout ArrayWriter,
        _ out: inout ByteBuffer
    ) {
        let end = out.count + limits.outputBytesMax
        for backend in backends {
            if let wanted = filter.backend, wanted != backend.name { continue }
            for model in backend.offered.all where filter.admits(model) {
                array.add(description(of: model, on: backend), to: &out)
                if out.count > end { return }
            }
        }
    }

    func description(of model: Model, on backend: Backend) -> ModelDescription {
        let aliases = config.aliases.map(\.name).filter { leads($0, to: model) }
        return ModelDescription(model, backend: backend.name, aliases: aliases)
    }

    /// Whether an alias means that model now: the first of its chain that any backend has.
    private func leads(_ alias: String, to model: Model) -> Bool {
        let chain = config.chain(for: alias)
        guard let place = chain.firstIndex(where: { model.isNamed($0) }) else { return false }
        return !chain[..<place].contains { earlier in
            dispatcher.backends.contains { $0.offered.table.place(meantBy: earlier) != nil }
        }
    }

    /// The model of that name or alias on a backend that is up.
    func model(named name: String) throws(Fault) -> (Model, Backend) {
        for id in config.chain(for: name) {
            for backend in dispatcher.backends {
                let table = backend.offered.table
                if let place = table.place(meantBy: id) { return (table.all[place], backend) }
            }
        }
        throw dispatcher.missing(config.model(named: name))
    }

    func writeBackends(to out: inout ByteBuffer) {
        BackendsResult(backends: dispatcher.backends.map { BackendDescription($0) })
            .write(to: &out)
    }

    // MARK: Requests

    func writeRequests(to out: inout ByteBuffer) {
        let now = loop.now
        RequestsResult(requests: dispatcher.jobsByAge.map { RequestDescription($0, now: now) })
            .write(to: &out)
    }

    /// Ends another connection's request; its owner, root and the admins may.
    func cancel(key: String, asked peer: PeerCredentials) throws(Fault) -> Bool {
        guard let job = try request(key: key, cancelledBy: peer) else { return false }
        log.debug(
            .requestCancelled(key: job.key, by: "uid:\(peer.uid)", phase: job.phase.rawValue))
        job.cancel()
        return true
    }

    /// The request of that key, if the peer may cancel it; nil where there is none.
    func request(key: String, cancelledBy peer: PeerCredentials) throws(Fault) -> RequestJob? {
        guard key.hasPrefix("r"), let number = UInt64(key.dropFirst()),
            let job = dispatcher.job(number), job.keyText == key
        else { return nil }
        let owner = job.peer.uid
        guard owner == peer.uid || isAdmin(peer) else {
            throw Fault(
                .permissionDenied,
                "request \(key) belongs to user \(owner); only that user, root and admin_uids may "
                    + "cancel it")
        }
        return job
    }
}
