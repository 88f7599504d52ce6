import Backends
import Configuration
import CrowdModelsProtocol
import Doors
import Kernel
import Requests
import Scheduling
import Sessions
import Telemetry

/// `check`: what a call would get by what the daemon knows now. It runs nothing.
extension Daemon {
    /// Checks within checks that are looked into: each reads what is inside it once more.
    private static let nestedChecksMax = 4

    /// Throws what the call that `arguments` describe would be refused with.
    func check(
        _ arguments: Arguments, _ line: Span<UInt8>, _ survey: ParamsSurvey?, for peer: Peer,
        nesting: Int = 0
    ) throws(Fault) {
        guard let method = try method(named: arguments[0], line) else { return }
        let inner = survey?.ofChecked
        let call = try Arguments(
            params: arguments[1], of: method, in: line, limits: limits.request,
            survey: inner)
        switch method {
        case .help: _ = try self.method(named: call[0], line)
        case .check:
            // The survey of a long line goes one check deep.
            guard nesting < Self.nestedChecksMax, survey == nil else { return }
            try check(call, line, nil, for: peer, nesting: nesting + 1)
        case .modelsList: _ = try ModelFilter(self, call, line)
        case .modelsGet:
            try foreseen { () throws(Fault) in
                _ = try model(named: Self.string(call[0], line) ?? "")
            }
        case .modelsRefresh: _ = try dispatcher.backends(named: Self.string(call[0], line))
        case .complete, .routeExplain:
            let request = try ChatRequest(line, call, survey: inner)
            try foreseen { () throws(Fault) in
                let explanation = dispatcher.explain(ticket(of: request, key: 0, for: peer))
                guard let refusal = explanation.refusal else { return }
                if method == .routeExplain, !explanation.candidates.isEmpty { return }
                throw dispatcher.words.fault(of: refusal, method: "complete")
            }
        case .embed, .rerank, .modelsLoad, .modelsUnload:
            let kept = KeptCall(line, call)
            try foreseen { () throws(Fault) in
                let explanation = dispatcher.explain(
                    ticket(of: kept, method, key: 0, for: peer))
                guard let refusal = explanation.refusal else { return }
                throw dispatcher.words.fault(of: refusal, method: method.name.description)
            }
        case .tokensCount: try TokensCountMethod.check(call)
        case .requestsCancel:
            _ = try request(key: Self.string(call[0], line) ?? "", cancelledBy: peer.credentials)
        case .stats: _ = try StatsQuery(call, line)
        case .configReload: throw try reloadRefusal(askedBy: peer.credentials)
        case .shutdown: try requireAdmin(peer.credentials, to: "shutdown")
        case .initialize, .initialized, .serverDiscover, .toolsList, .toolsCall:
            let call = Call(method: method, arguments: call, survey: inner, canStream: false)
            try MCPDoor.check(call, line, limits: limits.request)
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
