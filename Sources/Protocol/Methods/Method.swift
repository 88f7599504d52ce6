/// A method of the daemon. This list is the single source of dispatch, of `help` and `check`, of
/// the OpenRPC document and of docs/PROTOCOL.md: what is not here does not exist.
public enum Method: UInt8, CaseIterable, Sendable, Callee {
    case ping, status, help, check, discover
    case modelsList, modelsGet, modelsRefresh
    case backendsList
    case modelsLoad, modelsUnload
    case embed, rerank, tokensCount
    case complete, cancel, cancelRequest, cancelRequestACP, cancelled
    case requestsList, requestsCancel
    case routeExplain
    case stats, subscribe, unsubscribe
    case configGet, configReload, shutdown
    case initialize, initialized, serverDiscover, toolsList, toolsCall

    /// The name on the wire.
    public var name: StaticString {
        switch self {
        case .ping: "ping"
        case .status: "status"
        case .help: "help"
        case .check: "check"
        case .discover: "rpc.discover"
        case .modelsList: "models.list"
        case .modelsGet: "models.get"
        case .modelsRefresh: "models.refresh"
        case .modelsLoad: "models.load"
        case .modelsUnload: "models.unload"
        case .backendsList: "backends.list"
        case .embed: "embed"
        case .rerank: "rerank"
        case .tokensCount: "tokens.count"
        case .complete: "complete"
        case .cancel: "cancel"
        case .cancelRequest: "$/cancelRequest"
        case .cancelRequestACP: "$/cancel_request"
        case .cancelled: "notifications/cancelled"
        case .requestsList: "requests.list"
        case .requestsCancel: "requests.cancel"
        case .routeExplain: "route.explain"
        case .stats: "stats"
        case .subscribe: "subscribe"
        case .unsubscribe: "unsubscribe"
        case .configGet: "config.get"
        case .configReload: "config.reload"
        case .shutdown: "shutdown"
        case .initialize: "initialize"
        case .initialized: "notifications/initialized"
        case .serverDiscover: "server/discover"
        case .toolsList: "tools/list"
        case .toolsCall: "tools/call"
        }
    }

    /// All methods; `allCases` would make the array anew at each look.
    public static let all = allCases

    /// Whether it does anything when nobody waits for its answer.
    public var actsAsNotification: Bool {
        switch self {
        case .cancel, .cancelRequest, .cancelRequestACP, .cancelled, .unsubscribe: true
        default: false
        }
    }

    /// Whether members that it does not know are no error: those of another protocol's methods.
    public var bearsUnknown: Bool {
        switch self {
        case .cancelled, .initialize, .initialized, .serverDiscover, .toolsList, .toolsCall: true
        default: false
        }
    }

    /// The method whose name the string token spells.
    @inline(__always)
    public static func named(_ token: Span<UInt8>) -> Method? {
        for method in all {
            // Most are told apart by their lengths; the quotes are the token's.
            if token.count != method.name.utf8CodeUnitCount &+ 2 { continue }
            if JSONText.inside(token, reads: method.name) { return method }
        }
        return named(escaped: token)
    }

    /// The same where the name is written with escapes.
    @inline(never)
    private static func named(escaped token: Span<UInt8>) -> Method? {
        // A long token is no name, however it is written.
        guard token.count <= 256, JSONText.hasEscape(token) else { return nil }
        return all.first { JSONText.string(token, hasEscape: true, equals: $0.name) }
    }
}

extension Fault {
    /// -32601 for the name that the string token holds, with the nearest one there is.
    public static func unknownMethod(_ token: Span<UInt8>, _ limits: RequestLimits) -> Fault {
        guard JSONText.string(token, fitsIn: limits.nameBytesMax) else {
            return .nameTooLong("the method's name", limits)
        }
        let name = JSONText.quoted(token)
        let nearest = NearestName.to(name, among: Method.all.map(\.name.description))
        let hint = nearest.map { "; did you mean `\($0)`?" } ?? "; `help` lists the methods"
        var data = JSONObject()
        if let nearest { data["nearest"] = .string(nearest) }
        return Fault(.methodNotFound, "there is no method `\(name)`\(hint)", data: data)
    }
}
