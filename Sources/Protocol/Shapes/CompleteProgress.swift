/// Where a running completion stands: the params of `complete.progress`.
public struct CompleteProgress: Equatable, Sendable, JSONReadable, JSONWritable {
    /// The id of the request.
    public var id: JSONValue
    /// What it waits for, or does: `queued`, `connecting`, `loading`, `prompt` or `generating`.
    public var phase: String
    /// Its place in the backend's queue, from 1.
    public var position: Int?
    /// How much of the phase is done, 0 to 1.
    public var progress: Double?
    /// The backend it waits for or runs on.
    public var backend: String?
    /// Milliseconds that the phase is expected to take still.
    public var etaMilliseconds: Int?

    /// That it is in that phase.
    public init(id: JSONValue, phase: String) {
        self.id = id
        self.phase = phase
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        id = members["id"] ?? .null
        phase = try members.string("phase")
        position = try members.integerIfPresent("position")
        progress = try members.numberIfPresent("progress")
        backend = try members.stringIfPresent("backend")
        etaMilliseconds = try members.integerIfPresent("eta_ms")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        let id = ByteBuffer(id)
        Self.write(
            id: id.span, phase: phase, position: position, progress: progress, backend: backend,
            etaMilliseconds: etaMilliseconds, to: &out)
    }

    /// Appends the object, the id as it came.
    package static func write(
        id: Span<UInt8>, phase: String, position: Int?, progress: Double?, backend: String?,
        etaMilliseconds: Int?, to out: inout ByteBuffer
    ) {
        var object = ObjectWriter(&out)
        object.add("id", token: id, to: &out)
        object.add("phase", phase, to: &out)
        object.add("position", position, to: &out)
        object.add("progress", progress, to: &out)
        object.add("backend", backend, to: &out)
        object.add("eta_ms", etaMilliseconds, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let completeProgress = Schema(
        "CompleteProgress",
        #"""
        {"type": "object", "description": "Where a running completion stands.",
         "required": ["id", "phase"], "properties": {
          "id": {"type": ["string", "number"], "description": "The id of the request."},
          "phase": {"type": "string",
            "enum": ["queued", "connecting", "loading", "prompt", "generating"],
            "description": "What it waits for, or does."},
          "position": {"type": "integer", "minimum": 1,
            "description": "Its place in the backend's queue, from 1."},
          "progress": {"type": "number", "minimum": 0, "maximum": 1,
            "description": "How much of the phase is done."},
          "backend": {"type": "string", "description": "The backend it waits for or runs on."},
          "eta_ms": {"type": "integer", "minimum": 0,
            "description": "Milliseconds that the phase is expected to take still."}}}
        """#)
}
