/// What a client reads on one line: the answer to a request of its own, or a notification.
public enum RPCResponse: Equatable, Sendable {
    /// The request succeeded.
    case result(id: JSONValue, JSONValue)
    /// The request failed; the id is null where the daemon could not tell which one it was.
    case error(id: JSONValue, RPCError)
    /// Nothing that answers a request: `complete.delta`, `complete.progress` or `event`.
    case notification(method: String, params: JSONValue)

    /// Reads one line, with or without its newline.
    ///
    /// Throws for what is no JSON or no message of JSON-RPC 2.0, and for the answers to a batch,
    /// which `all(line:)` reads.
    public init(line: Span<UInt8>) throws(ShapeError) {
        try self.init(json: try Self.tree(line))
    }

    /// Reads one line of text.
    public init(line: String) throws(ShapeError) {
        var buffer = ByteBuffer()
        buffer.append(utf8: line)
        try self.init(line: buffer.span)
    }

    /// Reads one line that may be the answers to a batch.
    public static func all(line: Span<UInt8>) throws(ShapeError) -> [RPCResponse] {
        let tree = try tree(line)
        guard let elements = tree.arrayValue else { return [try RPCResponse(json: tree)] }
        var responses: [RPCResponse] = []
        for element in elements { responses.append(try RPCResponse(json: element)) }
        return responses
    }

    /// Reads a message that is a tree already.
    public init(json: JSONValue) throws(ShapeError) {
        let message = try MemberReader(json, at: "message")
        guard message.object["jsonrpc"]?.stringValue == "2.0" else {
            throw ShapeError("message.jsonrpc", "is not \"2.0\"")
        }
        if message["method"] != nil {
            self = .notification(
                method: try message.string("method"), params: message["params"] ?? [:])
            return
        }
        guard let id = message.object["id"] else {
            throw ShapeError("message", "has neither `id` nor `method`")
        }
        switch (message.object["result"], message["error"]) {
        case (let result?, nil): self = .result(id: id, result)
        case (nil, let error?): self = .error(id: id, try RPCError(json: error, at: "error"))
        default: throw ShapeError("message", "has neither or both of `result` and `error`")
        }
    }

    private static func tree(_ line: Span<UInt8>) throws(ShapeError) -> JSONValue {
        do {
            return try JSONValue(parsing: line, depthMax: 1024)
        } catch {
            throw ShapeError("message", "is not JSON: \(error.message)")
        }
    }
}

/// Why a request failed, as the daemon told it.
public struct RPCError: Error, Equatable, Sendable, JSONReadable {
    /// What went wrong, as a number; `ErrorCode` has all.
    public var code: Int
    /// What went wrong, as a name; empty where a server other than this daemon answered.
    public var kind: String
    /// What happened, to which backend, and what to do about it.
    public var message: String
    /// Whether the same request may succeed later.
    public var retryable: Bool
    /// All of `error.data`; see `ErrorCode.data` for what it may hold.
    public var data: JSONObject

    /// Reads the `error` member of an answer.
    public init(_ members: MemberReader) throws(ShapeError) {
        code = try members.integer("code")
        message = try members.string("message")
        data = members["data"]?.objectValue ?? JSONObject()
        kind = data["kind"]?.stringValue ?? ""
        retryable = data["retryable"]?.boolValue ?? false
    }

    /// Milliseconds after which to try again, where the daemon knows.
    public var retryAfterMilliseconds: Int? { data["retry_after_ms"]?.integerValue }
    /// The text that was produced before it failed.
    public var content: String? { data["content"]?.stringValue }
    /// What the backend said.
    public var backendMessage: String? { data["backend_message"]?.stringValue }
}
