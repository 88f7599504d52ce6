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
        var call = try Arguments(
            params: arguments[1], of: method, in: line, limits: limits.request,
            survey: inner)
        switch method {
        case .help: _ = try self.method(named: call[0], line)
        case .check:
            // The survey of a long line goes one check deep.
            guard nesting < Self.nestedChecksMax, survey == nil else { return }
            try check(call, line, nil, for: peer, nesting: nesting + 1)
        case .modelsList: _ = try ModelFilter(self, call, line)
        case .modelsGet: _ = try model(named: Self.string(call[0], line) ?? "")
        case .modelsRefresh: _ = try dispatcher.backends(named: Self.string(call[0], line))
        case .complete, .routeExplain:
            let request = try ChatRequest(line, &call, survey: inner)
            try foresee(ticket(of: request, key: 0, for: peer), of: method, refusedAs: .complete)
        case .embed, .rerank, .modelsLoad, .modelsUnload:
            try Self.checkOptions(of: method, call, line)
            let kept = KeptCall(line, call)
            try foresee(ticket(of: kept, method, key: 0, for: peer), of: method)
        case .tokensCount:
            try TokensCountMethod.check(call)
            let kept = KeptCall(line, call)
            try foresee(ticket(of: kept, method, key: 0, for: peer), of: method)
        case .requestsCancel:
            _ = try request(key: Self.string(call[0], line) ?? "", cancelledBy: peer.credentials)
        case .stats: _ = try StatsQuery(call, line)
        case .configReload: throw try reloadRefusal(askedBy: peer.credentials)
        case .shutdown: try requireAdmin(peer.credentials, to: "shutdown")
        case .initialize, .initialized, .serverDiscover, .toolsList, .toolsCall:
            let call = Call(method: method, arguments: call, survey: inner, canStream: false)
            try MCPDoor.check(call, line, limits: limits.request)
        case .subscribe: _ = try Conversation.topics(line.extracting(call[0].bounds))
        case .ping, .status, .discover, .backendsList, .cancel, .cancelRequest, .cancelRequestACP,
            .cancelled, .requestsList, .unsubscribe, .configGet:
            break
        }
    }

    /// Throws what routing would refuse it with, as far as that can be said without asking a
    /// backend: that one is down now says nothing of a call that comes later.
    private func foresee(
        _ ticket: Ticket, of method: Method, refusedAs name: Method? = nil
    ) throws(Fault) {
        let explanation = dispatcher.explain(ticket)
        guard let refusal = explanation.refusal else { return }
        // Those that wait for no turn are refused only where there is no candidate at all.
        let waits = method != .routeExplain && method != .tokensCount
        guard waits || explanation.candidates.isEmpty else { return }
        let fault = dispatcher.words.fault(
            of: refusal, method: (name ?? method).name.description)
        switch fault.code {
        case .invalidParams, .modelNotFound, .noBackend, .unsupported, .permissionDenied:
            throw fault
        default: return
        }
    }
}
