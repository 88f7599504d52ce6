import CrowdModelsProtocol
import HTTP

/// What a request's method and path lead to.
enum Route {
    /// A method of ours, asked and answered in some API's words.
    case tongue(any Tongue)
    /// JSON-RPC: a request, or a batch.
    case lines
    /// What may be asked at all.
    case options
    /// There is nothing; the tongue is the one that its neighbours speak.
    case nowhere(any Tongue)
    /// There is something, but not for this method.
    case otherwise(any Tongue, allowed: String)

    /// Who answers, if only that it cannot be.
    var tongue: any Tongue {
        switch self {
        case .tongue(let tongue), .nowhere(let tongue), .otherwise(let tongue, _): tongue
        case .lines, .options: OpenAIRefusal()
        }
    }

    /// Why there is no other answer; nil where there is one.
    func refusal(of head: IncomingRequestHead?) -> Refusal? {
        let asked = head.map { "\($0.method) \($0.target.prefix { $0 != "?" })".shortened } ?? ""
        switch self {
        case .tongue, .lines, .options: return nil
        case .nowhere:
            return Refusal(
                404, Fault(.methodNotFound, "there is no \(asked); docs/HTTP.md lists what is"))
        case .otherwise(_, let allowed):
            return Refusal(
                405,
                Fault(.methodNotFound, "there is no \(asked); that path takes \(allowed)"))
        }
    }

    /// The fields that go with a refusal.
    func fields(status: Int) -> [(name: StaticString, value: String)] {
        if case .otherwise(_, let allowed) = self, status == 405 { return [("Allow", allowed)] }
        return []
    }

    /// The fields that go with an answer to OPTIONS.
    func preflight(
        _ head: IncomingRequestHead?, _ gate: Gate
    ) -> [(name: StaticString, value: String)] {
        guard case .options = self, let head else { return [] }
        return [("Allow", Router.verbs)] + gate.preflightFields(for: head)
    }
}
