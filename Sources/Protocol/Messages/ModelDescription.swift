/// A model of a backend; what is not known is nil, or empty.
public struct ModelDescription: Equatable, Sendable, JSONReadable {
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
}

/// What `models.list` and `models.refresh` answer.
public struct ModelsResult: Equatable, Sendable, JSONReadable {
    /// A backend that could not be asked.
    public struct Failure: Equatable, Sendable, JSONReadable {
        /// The backend's name.
        public var backend: String
        /// The kind of an error; see `ErrorCode.kind`.
        public var kind: String
        /// What happened and what to do.
        public var message: String

        /// Reads the members of an object.
        public init(_ members: MemberReader) throws(ShapeError) {
            backend = try members.string("backend")
            kind = try members.string("kind")
            message = try members.string("message")
        }
    }

    /// The models.
    public var models: [ModelDescription]
    /// The backends that could not be asked; none from `models.list`.
    public var errors: [Failure]

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        models = try members.readAll("models")
        errors = try members.readAll("errors")
    }
}
