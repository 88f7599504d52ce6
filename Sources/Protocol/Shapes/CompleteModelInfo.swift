/// What the backend says of the model that served.
public struct CompleteModelInfo: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Architecture, such as `llama`.
    public var arch: String?
    /// Quantization, such as `Q4_K_M`.
    public var quant: String?
    /// File format, such as `gguf`.
    public var format: String?
    /// Tokens of context it was loaded with.
    public var contextLength: Int?

    /// That nothing is known.
    public init() {}

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        arch = try members.stringIfPresent("arch")
        quant = try members.stringIfPresent("quant")
        format = try members.stringIfPresent("format")
        contextLength = try members.integerIfPresent("context_length")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("arch", arch, to: &out)
        object.add("quant", quant, to: &out)
        object.add("format", format, to: &out)
        object.add("context_length", contextLength, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let modelInfo = Schema(
        "ModelInfo",
        #"""
        {"type": "object", "description": "What the backend says of the model that served.",
         "required": [], "properties": {
          "arch": {"type": "string", "description": "Architecture, such as `llama`."},
          "quant": {"type": "string", "description": "Quantization, such as `Q4_K_M`."},
          "format": {"type": "string", "description": "File format, such as `gguf`."},
          "context_length": {"type": "integer", "minimum": 0,
            "description": "Tokens of context it was loaded with."}}}
        """#)

    static let runtime = Schema(
        "Runtime",
        #"""
        {"type": "object", "description": "The engine that served, as the backend describes it.",
         "required": [], "properties": {
          "name": {"type": "string", "description": "Its name."},
          "version": {"type": "string", "description": "Its version."},
          "supported_formats": {"type": "array", "items": {"type": "string"},
            "description": "The file formats it reads."}}}
        """#)
}
