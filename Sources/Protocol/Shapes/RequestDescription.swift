/// A request that is queued or running.
public struct RequestDescription: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Names it for `requests.cancel`.
    public var key: String
    /// Whose it is: `uid:1000` and its tag, else its program's name.
    public var client: String
    /// The method that was called.
    public var method: String
    /// The model it is for.
    public var model: String?
    /// The backend it waits for or runs on.
    public var backend: String?
    /// `queued`, `connecting`, `loading`, `prompt` or `generating`.
    public var phase: String
    /// Its place in the backend's queue, from 1.
    public var position: Int?
    /// Seconds since arrival.
    public var ageSeconds: Double
    /// Tokens produced so far.
    public var tokens: Int?
    /// How fast.
    public var tokensPerSecond: Double?

    /// A request of which nothing else is known.
    public init(key: String, client: String, method: String, phase: String, ageSeconds: Double) {
        self.key = key
        self.client = client
        self.method = method
        self.phase = phase
        self.ageSeconds = ageSeconds
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        key = try members.string("key")
        client = try members.string("client")
        method = try members.string("method")
        model = try members.stringIfPresent("model")
        backend = try members.stringIfPresent("backend")
        phase = try members.string("phase")
        position = try members.integerIfPresent("position")
        ageSeconds = try members.number("age_seconds")
        tokens = try members.integerIfPresent("tokens")
        tokensPerSecond = try members.numberIfPresent("tokens_per_second")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("key", key, to: &out)
        object.add("client", client, to: &out)
        object.add("method", method, to: &out)
        object.add("model", model, to: &out)
        object.add("backend", backend, to: &out)
        object.add("phase", phase, to: &out)
        object.add("position", position, to: &out)
        object.add("age_seconds", ageSeconds, to: &out)
        object.add("tokens", tokens, to: &out)
        object.add("tokens_per_second", tokensPerSecond, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let request = Schema(
        "Request",
        #"""
        {"type": "object", "description": "A request that is queued or running.",
         "required": ["key", "client", "method", "phase", "age_seconds"], "properties": {
          "key": {"type": "string", "description": "Names it for `requests.cancel`."},
          "client": {"type": "string",
            "description": "Whose it is: `uid:1000` and its tag, else its program's name."},
          "method": {"type": "string", "description": "The method that was called."},
          "model": {"type": "string", "description": "The model it is for."},
          "backend": {"type": "string", "description": "The backend it waits for or runs on."},
          "phase": {"type": "string",
            "enum": ["queued", "connecting", "loading", "prompt", "generating"],
            "description": "What it waits for, or does; of an answer that was asked for whole, nobody knows when it is `generating`."},
          "position": {"type": "integer", "minimum": 1,
            "description": "Its place in the backend's queue, from 1."},
          "age_seconds": {"type": "number", "minimum": 0, "description": "Seconds since arrival."},
          "tokens": {"type": "integer", "minimum": 0, "description": "Tokens produced so far."},
          "tokens_per_second": {"type": "number", "minimum": 0, "description": "How fast."}}}
        """#)
}
