/// A request that is queued or running.
public struct RequestDescription: Equatable, Sendable, JSONReadable {
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
}

/// What `requests.list` answers.
public struct RequestsResult: Equatable, Sendable, JSONReadable {
    /// Queued and running requests, oldest first.
    public var requests: [RequestDescription]

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        requests = try members.readAll("requests")
    }
}
