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
        out.append("{\"name\":\"crowd-models-executor\",\"version\":")
        out.append(string: Version.number)
        out.append(",\"pid\":")
        out.append(decimal: Int(ThisProcess.pid))
        out.append(",\"uptime_seconds\":")
        out.append(number: uptimeSeconds)
        out.append(",\"socket\":")
        out.append(string: socketPath)
        if let configPath {
            out.append(",\"config\":")
            out.append(string: configPath)
        }
        out.append(",\"in_flight\":")
        let totals = dispatcher.totals
        out.append(decimal: totals.inFlight)
        out.append(",\"queued\":")
        out.append(decimal: totals.queued)
        out.append(",\"connections\":")
        out.append(decimal: reception.count)
        out.append(",\"limits\":")
        out.append(tree: config.limits.tree)
        out.append(",\"backends\":{")
        let states = dispatcher.backends.map(\.server.state)
        var isFirst = true
        for state in ModelServer.State.allCases where states.contains(state) {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            out.append(string: state.rawValue)
            out.append(UInt8(ascii: ":"))
            out.append(decimal: states.count { $0 == state })
        }
        out.append("}}")
    }

    /// Seconds since the start, to the millisecond.
    var uptimeSeconds: Double { Double((loop.now &- startedAt) / 1_000_000) / 1000 }

    func writeHelp(of method: Method?, to out: inout ByteBuffer) {
        if let method { return OpenRPC.writeMethod(method, to: &out) }
        out.append("{\"methods\":[")
        for (index, method) in Method.all.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append("{\"name\":")
            out.append(string: method.name.description)
            out.append(",\"summary\":")
            out.append(string: method.description.summary)
            out.append("}")
        }
        out.append("]}")
    }

    func writeOpenRPC(to out: inout ByteBuffer) {
        OpenRPC.write(version: Version.number, to: &out)
    }

    func writeConfig(to out: inout ByteBuffer) {
        out.append(tree: config.tree)
    }

    // MARK: Models and backends

    func writeModels(_ filter: ModelFilter, to out: inout ByteBuffer) {
        guard filter.admitsAll else {
            out.append("{\"models\":[")
            writeModelObjects(filter, dispatcher.backends, to: &out)
            return out.append("]}")
        }
        if modelsText.isEmpty { renderModels() }
        let text = modelsText
        out.append(text.span)
    }

    /// The whole list as text, kept until a backend's list changes: it is asked for more often than
    /// it changes, and has 300 bytes a model.
    private func renderModels() {
        var text = ByteBuffer()
        text.append("{\"models\":[")
        writeModelObjects(ModelFilter(), dispatcher.backends, to: &text)
        text.append("]}")
        modelsText = text.bytes
    }

    /// The models of backends that are up, in the order in which backends are tried.
    func writeModelObjects(
        _ filter: ModelFilter, _ backends: [Backend], to out: inout ByteBuffer
    ) {
        var isFirst = true
        for backend in backends {
            if let wanted = filter.backend, wanted != backend.name { continue }
            for model in backend.offered where filter.admits(model) {
                if !isFirst { out.append(UInt8(ascii: ",")) }
                isFirst = false
                write(model, of: backend, to: &out)
            }
        }
    }

    func write(_ model: Model, of backend: Backend, to out: inout ByteBuffer) {
        let aliases = config.aliases.filter { config.model(named: $0.name) == model.id }
        model.write(backend: backend.name, aliases: aliases.map(\.name), to: &out)
    }

    /// The model of that name or alias on a backend that is up.
    func model(named name: String) throws(Fault) -> (Model, Backend) {
        for id in config.chain(for: name) {
            for backend in dispatcher.backends {
                if let model = backend.offered.first(where: { $0.id == id }) {
                    return (model, backend)
                }
            }
        }
        throw dispatcher.missing(config.model(named: name))
    }

    func writeBackends(to out: inout ByteBuffer) {
        out.append("{\"backends\":[")
        for (index, backend) in dispatcher.backends.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            backend.write(to: &out)
        }
        out.append("]}")
    }

    // MARK: Requests

    func writeRequests(to out: inout ByteBuffer) {
        out.append("{\"requests\":[")
        for (index, job) in dispatcher.jobsByAge.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            job.write(now: loop.now, to: &out)
        }
        out.append("]}")
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
            let job = dispatcher.jobs[number], job.keyText == key
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

extension ByteBuffer {
    /// Appends a configuration as JSON.
    mutating func append(tree: ConfigTree) {
        switch tree {
        case .string(let value): append(string: value)
        case .int(let value): append(decimal: value)
        case .double(let value): append(number: value)
        case .bool(let value): append(bool: value)
        case .array(let elements):
            append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                append(tree: element)
            }
            append(UInt8(ascii: "]"))
        case .table(let members):
            append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                append(string: member.0)
                append(UInt8(ascii: ":"))
                append(tree: member.1)
            }
            append(UInt8(ascii: "}"))
        }
    }
}
