import Backends
import CrowdModelsProtocol
import Telemetry

/// `check`: what a call would get by what the daemon knows now. It runs nothing.
extension Connection {
    /// Checks within checks that are looked into: each reads what is inside it once more.
    private static let nestedChecksMax = 4

    /// Throws what the call that `arguments` describe would be refused with.
    func check(
        _ arguments: Arguments, _ line: Span<UInt8>, _ survey: ParamsSurvey?, nesting: Int = 0
    ) throws(Fault) {
        guard let method = try method(named: arguments[0], line) else { return }
        let inner = survey?.ofChecked
        let call = try Arguments(
            params: arguments[1], of: method, in: line, limits: daemon.limits.request,
            survey: inner)
        switch method {
        case .help: _ = try self.method(named: call[0], line)
        case .check:
            // The survey of a long line goes one check deep.
            guard nesting < Self.nestedChecksMax, survey == nil else { return }
            try check(call, line, nil, nesting: nesting + 1)
        case .modelsList: _ = try ModelFilter(daemon, call, line)
        case .modelsGet:
            try foreseen { () throws(Fault) in
                _ = try daemon.router.model(named: string(call[0], line) ?? "")
            }
        case .modelsRefresh: _ = try daemon.router.lanes(named: string(call[0], line))
        case .complete:
            let request = try ChatRequest(line, call, survey: inner)
            try foreseen { () throws(Fault) in _ = try daemon.router.route(request) }
        case .requestsCancel:
            _ = try daemon.request(key: string(call[0], line) ?? "", cancelledBy: peer)
        case .stats: _ = try StatsQuery(call, line)
        case .configReload: throw try daemon.reloadRefusal(askedBy: peer)
        case .shutdown: try daemon.requireAdmin(peer, to: "shutdown")
        case .ping, .status, .discover, .backendsList, .cancel, .cancelRequest, .cancelRequestACP,
            .cancelled, .requestsList, .subscribe, .unsubscribe, .configGet:
            break
        }
    }

    /// Lets through what can be said without asking a backend; that one is down now says nothing
    /// of a call that comes later.
    private func foreseen(_ body: () throws(Fault) -> Void) throws(Fault) {
        do throws(Fault) {
            try body()
        } catch {
            switch error.code {
            case .invalidParams, .modelNotFound, .noBackend, .unsupported, .permissionDenied:
                throw error
            default: return
            }
        }
    }
}
