import CrowdModelsProtocol
import HTTP

/// What a request's method and path lead to, and who answers there, if only that it cannot be.
struct Route {
    enum Kind {
        /// A method of ours, asked and answered in some API's words.
        case tongue
        /// JSON-RPC: a request, or a batch.
        case lines
        /// What may be asked at all.
        case options
        /// There is nothing; the tongue is the one that its neighbours speak.
        case nowhere
        /// There is something, but not for this method.
        case otherwise(allowed: String)
    }

    let kind: Kind
    var tongue: any Tongue

    init(_ kind: Kind, _ tongue: any Tongue) {
        self.kind = kind
        self.tongue = tongue
    }

    /// Why there is no other answer; nil where there is one.
    func refusal(of head: IncomingRequestHead?) -> Refusal? {
        switch kind {
        case .tongue, .lines, .options: return nil
        case .nowhere:
            return Refusal(
                404,
                Fault(
                    .methodNotFound, "there is no \(Self.asked(head)); docs/HTTP.md lists what is"))
        case .otherwise(let allowed):
            return Refusal(
                405,
                Fault(
                    .methodNotFound,
                    "there is no \(Self.asked(head)); that path takes \(allowed)"))
        }
    }

    private static func asked(_ head: IncomingRequestHead?) -> String {
        head.map { "\($0.method) \($0.targetText.prefix { $0 != "?" })".shortened } ?? ""
    }

    /// The fields that go with a refusal.
    func fields(status: Int) -> HTTPFields {
        if case .otherwise(let allowed) = kind, status == 405 { return [("Allow", allowed)] }
        return []
    }

    /// The fields that go with an answer to OPTIONS.
    func preflight(
        _ head: IncomingRequestHead?, _ gate: Gate
    ) -> HTTPFields {
        guard case .options = kind, let head else { return [] }
        return [("Allow", Router.verbs)] + gate.preflightFields(for: head)
    }
}
