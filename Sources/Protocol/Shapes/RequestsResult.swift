/// What `requests.list` answers.
public struct RequestsResult: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Queued and running requests, oldest first.
    public var requests: [RequestDescription]

    /// These requests.
    public init(requests: [RequestDescription]) {
        self.requests = requests
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        requests = try members.readAll("requests")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("requests", all: requests, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let requestsResult = Schema(
        "RequestsResult",
        #"""
        {"type": "object", "description": "Requests.", "required": ["requests"], "properties": {
          "requests": {"type": "array", "items": {"$ref": "#/components/schemas/Request"},
            "description": "Queued and running requests, oldest first."}}}
        """#)
}
