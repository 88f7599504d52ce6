import Backends
import Configuration
import CrowdModelsProtocol
import Sessions
import Telemetry

/// A valid call of a known method.
struct Call {
    let method: Method
    let arguments: Arguments
    /// What was found in the params of a long line.
    let survey: ParamsSurvey?
    let isNotification: Bool
    let batch: Batch?
}

/// What each method does. Those that can be answered at once are, within the turn that read them.
extension Connection {
    func perform(_ call: Call, _ id: Span<UInt8>, _ line: Span<UInt8>) throws(Fault) {
        let daemon = daemon
        let batch = call.batch
        let arguments = call.arguments
        switch call.method {
        case .ping: answer(id, batch) { $0.append("{\"ok\":true}") }
        case .status: answer(id, batch) { daemon.writeStatus(to: &$0) }
        case .help:
            let method = try method(named: arguments[0], line)
            answer(id, batch) { daemon.writeHelp(of: method, to: &$0) }
        case .check:
            try check(arguments, line, call.survey)
            answer(id, batch) { $0.append("{\"valid\":true}") }
        case .discover: answer(id, batch) { daemon.writeOpenRPC(to: &$0) }
        case .modelsList:
            let filter = try ModelFilter(daemon, arguments, line)
            answer(id, batch) { daemon.writeModels(filter, to: &$0) }
        case .modelsGet:
            let found = try daemon.router.model(named: string(arguments[0], line) ?? "")
            answer(id, batch) { daemon.write(found, to: &$0) }
        case .modelsRefresh:
            let lanes = try daemon.router.lanes(named: string(arguments[0], line))
            try checkRoom()
            Refresh(PendingReply(self, id: id, batch: batch), lanes).start()
        case .backendsList: answer(id, batch) { daemon.writeBackends(to: &$0) }
        case .complete: try complete(call, id, line)
        case .cancel, .cancelRequest, .cancelRequestACP, .cancelled:
            let isCancelled = cancel(line.extracting(arguments[0].bounds))
            if !call.isNotification {
                answer(id, batch) { out in
                    out.append("{\"cancelled\":")
                    out.append(bool: isCancelled)
                    out.append("}")
                }
            }
        case .requestsList: answer(id, batch) { daemon.writeRequests(to: &$0) }
        case .requestsCancel:
            let isCancelled = try daemon.cancel(
                key: string(arguments[0], line) ?? "", asked: peer.credentials)
            answer(id, batch) { out in
                out.append("{\"cancelled\":")
                out.append(bool: isCancelled)
                out.append("}")
            }
        case .stats:
            let query = try StatsQuery(arguments, line)
            answer(id, batch) { daemon.writeStats(query, to: &$0) }
        case .subscribe: try subscribe(call, id, line)
        case .unsubscribe:
            let isEnded = unsubscribe(string(arguments[0], line) ?? "")
            if !call.isNotification {
                answer(id, batch) { out in
                    out.append("{\"unsubscribed\":")
                    out.append(bool: isEnded)
                    out.append("}")
                }
            }
        case .configGet: answer(id, batch) { daemon.writeConfig(to: &$0) }
        case .configReload: throw try daemon.reloadRefusal(askedBy: peer)
        case .shutdown:
            try daemon.requireAdmin(peer, to: "shutdown")
            answer(id, batch) { $0.append("{\"ok\":true}") }
            ShutdownOrder(daemon, from: peer).give()
        }
    }

    /// The characters of a string argument; nil where it was not given.
    func string(_ argument: JSONRange, _ line: Span<UInt8>) -> String? {
        argument.isPresent ? JSONText.string(line.extracting(argument.bounds)) : nil
    }

    func method(named name: JSONRange, _ line: Span<UInt8>) throws(Fault) -> Method? {
        guard name.isPresent else { return nil }
        let token = line.extracting(name.bounds)
        guard let method = Method.named(token, hasEscape: JSONText.hasEscape(token)) else {
            throw .unknownMethod(token, daemon.limits.request)
        }
        return method
    }

    /// Ends what is in flight here under that id; false where nothing is.
    private func cancel(_ id: Span<UInt8>) -> Bool {
        let canonical = RequestID.canonical(id)
        guard let request = inFlight.first(where: { $0.canonicalID == canonical }) else {
            return false
        }
        request.job?.cancel()
        return true
    }

    /// Refuses one request more than may be in flight.
    func checkRoom() throws(Fault) {
        let limit = daemon.limits.inFlightPerConnectionMax
        guard inFlight.count >= limit else { return }
        throw Fault(
            .limitExceeded,
            "\(inFlight.count) requests of this connection are in flight, as many as may be "
                + "(in_flight_per_connection_max); wait for an answer, or use more connections",
            data: ["limit": "in_flight_per_connection_max", "value": .integer(limit)])
    }
}
