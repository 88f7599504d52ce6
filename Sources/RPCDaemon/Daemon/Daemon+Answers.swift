import Backends
import Configuration
import CrowdModelsProtocol
import Kernel
import Scheduling
import Sessions

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
        out.append(decimal: lanes.reduce(0) { $0 + $1.queue.inFlight })
        out.append(",\"queued\":")
        out.append(decimal: lanes.reduce(0) { $0 + $1.queue.queued })
        out.append(",\"connections\":")
        out.append(decimal: reception.count)
        out.append(",\"limits\":")
        out.append(tree: config.limits.tree)
        out.append(",\"backends\":{")
        let states = lanes.map(\.server.state)
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
            writeModelObjects(filter, lanes, to: &out)
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
        writeModelObjects(ModelFilter(), lanes, to: &text)
        text.append("]}")
        modelsText = text.bytes
    }

    /// The models of backends that are up, in the order in which backends are tried.
    func writeModelObjects(
        _ filter: ModelFilter, _ lanes: [BackendLane], to out: inout ByteBuffer
    ) {
        var isFirst = true
        for lane in lanes where lane.server.state == .up {
            if let backend = filter.backend, backend != lane.name { continue }
            for found in lane.offers where filter.admits(found.model) {
                if !isFirst { out.append(UInt8(ascii: ",")) }
                isFirst = false
                write(found, to: &out)
            }
        }
    }

    func write(_ found: FoundModel, to out: inout ByteBuffer) {
        let id = found.model.id
        let aliases = config.aliases.filter { config.model(named: $0.name) == id }.map(\.name)
        found.model.write(backend: found.lane.name, aliases: aliases, to: &out)
    }

    func writeBackends(to out: inout ByteBuffer) {
        out.append("{\"backends\":[")
        for (index, lane) in lanes.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            lane.write(to: &out)
        }
        out.append("]}")
    }

    // MARK: Requests

    func writeRequests(to out: inout ByteBuffer) {
        out.append("{\"requests\":[")
        for (index, completion) in requests.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            completion.write(to: &out)
        }
        out.append("]}")
    }

    /// Ends another connection's request; its owner, root and the admins may.
    func cancel(key: String, asked peer: PeerCredentials) throws(Fault) -> Bool {
        guard let completion = try request(key: key, cancelledBy: peer) else { return false }
        completion.cancel()
        return true
    }

    /// The request of that key, if the peer may cancel it; nil where there is none.
    func request(
        key: String, cancelledBy peer: PeerCredentials
    ) throws(Fault) -> Completion? {
        guard let completion = requests.first(where: { $0.keyText == key }) else { return nil }
        let owner = completion.peer.uid
        guard owner == peer.uid || isAdmin(peer) else {
            throw Fault(
                .permissionDenied,
                "request \(key) belongs to user \(owner); only that user, root and admin_uids may "
                    + "cancel it")
        }
        return completion
    }
}

extension BackendLane {
    /// Appends the Backend object of the protocol.
    func write(to out: inout ByteBuffer) {
        out.append("{\"name\":")
        out.append(string: name)
        out.append(",\"kind\":")
        out.append(string: server.kind.rawValue)
        out.append(",\"endpoint\":")
        out.append(string: server.config.endpoint.original)
        out.append(",\"state\":\"")
        out.append(utf8: server.state.rawValue)
        out.append("\",\"origin\":\"configured\",\"models\":")
        out.append(decimal: server.state == .up ? server.offered.count : 0)
        out.append(",\"in_flight\":")
        out.append(decimal: queue.inFlight)
        out.append(",\"queued\":")
        out.append(decimal: queue.queued)
        if let limit = server.config.rateLimit {
            out.append(",\"rate_limit\":")
            out.append(decimal: limit)
        }
        if let error = server.lastError {
            out.append(",\"last_error\":")
            out.append(string: error)
        }
        if let seen = server.lastSeen {
            out.append(",\"last_seen_seconds\":")
            let milliseconds = (daemon.loop.now &- min(seen, daemon.loop.now)) / 1_000_000
            out.append(number: Double(milliseconds) / 1000)
        }
        out.append("}")
    }
}

extension Completion {
    /// The key as `requests.list` shows it.
    var keyText: String { "r\(key)" }

    /// Whose it is, as statistics name it.
    var clientText: String {
        "uid:\(peer.uid) \(tag ?? peer.processName)"
    }

    /// Appends the Request object of the protocol.
    func write(to out: inout ByteBuffer) {
        out.append("{\"key\":")
        out.append(string: keyText)
        out.append(",\"client\":")
        out.append(string: clientText)
        out.append(",\"method\":\"complete\",\"model\":")
        out.append(string: model.id)
        out.append(",\"backend\":")
        out.append(string: lane.name)
        out.append(",\"phase\":\"")
        out.append(utf8: phase.rawValue)
        out.append("\"")
        if phase == .queued, let position = lane.queue.position(of: key) {
            out.append(",\"position\":")
            out.append(decimal: position)
        }
        out.append(",\"age_seconds\":")
        let age = Self.seconds(from: arrivedAt, to: daemon.loop.now)
        out.append(number: Double(Int(age * 1000)) / 1000)
        if let stream, stream.tokens > 0 {
            out.append(",\"tokens\":")
            out.append(decimal: stream.tokens)
            let span = Self.seconds(from: stream.firstTokenAt, to: stream.lastTokenAt)
            if stream.tokens > 1, span > 0 {
                out.append(",\"tokens_per_second\":")
                out.append(number: Double(stream.tokens - 1) / span)
            }
        }
        out.append("}")
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
