/// What `backends.list` answers.
public struct BackendsResult: Equatable, Sendable, JSONReadable, JSONWritable {
    /// The backends, first those of the configuration.
    public var backends: [BackendDescription]

    /// These backends.
    public init(backends: [BackendDescription]) {
        self.backends = backends
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        backends = try members.readAll("backends")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("backends", all: backends, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let backendsResult = Schema(
        "BackendsResult",
        #"""
        {"type": "object", "description": "Backends.", "required": ["backends"], "properties": {
          "backends": {"type": "array", "items": {"$ref": "#/components/schemas/Backend"},
            "description": "The backends, first those of the configuration."}}}
        """#)
}
