/// All that there is to know of a method: what `help`, `rpc.discover` and docs/PROTOCOL.md say.
///
/// Descriptions are made when somebody first asks for one; a call needs only `Method.parameters`.
public struct MethodDescription: Sendable {
    /// The method.
    public let method: Method
    /// What it does, one sentence.
    public let summary: String
    /// What else there is to know; nil where the summary says all.
    public let description: String?
    /// What a call takes, in the order of a call by position.
    public let parameters: [Parameter]
    /// The schema of its result.
    public let result: Schema
    /// The errors of its own, besides those that any call may get (`ErrorCode.common`).
    public let errors: [ErrorCode]
    /// Calls and their results, one at least.
    public let examples: [MethodExample]
    /// What the server may send on the request's behalf before, or after, its result.
    public let notifications: [ServerNotification]

    init(
        _ method: Method, _ summary: String, _ description: String? = nil, result: Schema,
        errors: [ErrorCode] = [], notifications: [ServerNotification] = [],
        examples: [MethodExample]
    ) {
        self.method = method
        self.summary = summary
        self.description = description
        self.parameters = method.parameters
        self.result = result
        self.errors = [.invalidParams] + errors
        self.examples = examples
        self.notifications = notifications
    }
}

/// A call of a method and what it may answer.
public struct MethodExample: Sendable {
    /// What it shows.
    public let name: String
    /// The parameters by name, a JSON object.
    public let params: StaticString
    /// The result, JSON.
    public let result: StaticString

    init(_ name: String, params: StaticString = "{}", result: StaticString) {
        self.name = name
        self.params = params
        self.result = result
    }
}

extension ErrorCode {
    /// What any call may get, before its method is asked.
    public static let common: [ErrorCode] = [
        .parseError, .invalidRequest, .methodNotFound, .internalError, .shuttingDown,
        .limitExceeded,
    ]
}
