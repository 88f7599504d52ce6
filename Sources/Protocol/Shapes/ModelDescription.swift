/// A model of a backend; what is not known is nil, or empty.
///
/// Many properties: one for each member on the wire.
public struct ModelDescription: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Its name, as requests use it.
    public var id: String
    /// The backend that has it.
    public var backend: String
    /// `llm`, `vlm`, `embeddings` or `unknown`.
    public var type: String
    /// `loaded`, `loading`, `not-loaded` or `unknown`.
    public var state: String
    /// Who published it.
    public var publisher: String?
    /// Architecture, such as `llama`.
    public var arch: String?
    /// Such as `Q4_K_M`.
    public var quantization: String?
    /// File format, such as `gguf`.
    public var format: String?
    /// The most tokens of context it can have.
    public var maxContextLength: Int?
    /// Tokens of context it is loaded with.
    public var loadedContextLength: Int?
    /// Such as `tool_use`.
    public var capabilities: [String]
    /// Its size in bytes.
    public var sizeBytes: Int?
    /// How many parameters, such as `7B`.
    public var parameters: String?
    /// How many requests the backend runs on it at once.
    public var parallel: Int?
    /// Whether its server says that it runs elsewhere.
    public var isRemote: Bool
    /// Other names that the configuration gives it.
    public var aliases: [String]

    /// A model of which nothing else is known.
    public init(id: String, backend: String, type: String, state: String) {
        self.id = id
        self.backend = backend
        self.type = type
        self.state = state
        capabilities = []
        isRemote = false
        aliases = []
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        id = try members.string("id")
        backend = try members.string("backend")
        type = try members.string("type")
        state = try members.string("state")
        publisher = try members.stringIfPresent("publisher")
        arch = try members.stringIfPresent("arch")
        quantization = try members.stringIfPresent("quantization")
        format = try members.stringIfPresent("format")
        maxContextLength = try members.integerIfPresent("max_context_length")
        loadedContextLength = try members.integerIfPresent("loaded_context_length")
        capabilities = try members.strings("capabilities")
        sizeBytes = try members.integerIfPresent("size_bytes")
        parameters = try members.stringIfPresent("parameters")
        parallel = try members.integerIfPresent("parallel")
        isRemote = try members.boolIfPresent("remote") ?? false
        aliases = try members.strings("aliases")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("id", id, to: &out)
        object.add("backend", backend, to: &out)
        object.add("type", type, to: &out)
        object.add("state", state, to: &out)
        object.add("publisher", publisher, to: &out)
        object.add("arch", arch, to: &out)
        object.add("quantization", quantization, to: &out)
        object.add("format", format, to: &out)
        object.add("max_context_length", maxContextLength, to: &out)
        object.add("loaded_context_length", loadedContextLength, to: &out)
        object.add("capabilities", capabilities, to: &out)
        object.add("size_bytes", sizeBytes, to: &out)
        object.add("parameters", parameters, to: &out)
        object.add("parallel", parallel, to: &out)
        if isRemote { object.add("remote", true, to: &out) }
        object.add("aliases", aliases, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let model = Schema(
        "Model",
        #"""
        {"type": "object", "description": "A model of a backend. What is not known is left out.",
         "required": ["id", "backend", "type", "state"], "properties": {
          "id": {"type": "string", "description": "Its name, as requests use it."},
          "backend": {"type": "string", "description": "The backend that has it."},
          "type": {"type": "string", "enum": ["llm", "vlm", "embeddings", "unknown"],
            "description": "Text, text and images, or embeddings."},
          "state": {"type": "string", "enum": ["loaded", "loading", "not-loaded", "unknown"],
            "description": "Whether it is in memory; most backends load it when asked."},
          "publisher": {"type": "string", "description": "Who published it."},
          "arch": {"type": "string", "description": "Architecture, such as `llama`."},
          "quantization": {"type": "string", "description": "Such as `Q4_K_M`."},
          "format": {"type": "string", "description": "File format, such as `gguf`."},
          "max_context_length": {"type": "integer", "minimum": 0,
            "description": "The most tokens of context it can have."},
          "loaded_context_length": {"type": "integer", "minimum": 0,
            "description": "Tokens of context it is loaded with."},
          "capabilities": {"type": "array", "items": {"type": "string"},
            "description": "Such as `tool_use`."},
          "size_bytes": {"type": "integer", "minimum": 0, "description": "Its size in bytes."},
          "parameters": {"type": "string", "description": "How many parameters, such as `7B`."},
          "parallel": {"type": "integer", "minimum": 1,
            "description": "How many requests the backend runs on it at once."},
          "remote": {"type": "boolean",
            "description": "True where its server says that it runs elsewhere."},
          "aliases": {"type": "array", "items": {"type": "string"},
            "description": "Other names that the configuration gives it."}}}
        """#)
}
