/// What `models.list` and `models.refresh` answer.
public struct ModelsResult: Equatable, Sendable, JSONReadable, JSONWritable {
    /// A backend that could not be asked.
    public struct Failure: Equatable, Sendable, JSONReadable, JSONWritable {
        /// The backend's name.
        public var backend: String
        /// The kind of an error; see `ErrorCode.kind`.
        public var kind: String
        /// What happened and what to do.
        public var message: String

        /// Why that backend could not be asked.
        public init(backend: String, kind: String, message: String) {
            self.backend = backend
            self.kind = kind
            self.message = message
        }

        /// Reads the members of an object.
        public init(_ members: MemberReader) throws(ShapeError) {
            backend = try members.string("backend")
            kind = try members.string("kind")
            message = try members.string("message")
        }

        /// Appends the object.
        public func write(to out: inout ByteBuffer) {
            var object = ObjectWriter(&out)
            object.add("backend", backend, to: &out)
            object.add("kind", kind, to: &out)
            object.add("message", message, to: &out)
            object.end(&out)
        }
    }

    /// The models.
    public var models: [ModelDescription]
    /// The backends that could not be asked; nil from `models.list`, which asks none.
    public var failures: [Failure]?
    /// The backends that could not be asked; none from `models.list`.
    public var errors: [Failure] { failures ?? [] }

    /// These models.
    public init(models: [ModelDescription], failures: [Failure]? = nil) {
        self.models = models
        self.failures = failures
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        models = try members.readAll("models")
        failures = members["errors"] == nil ? nil : try members.readAll("errors")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        Self.write(failures: failures, to: &out) { array, out in
            for model in models { array.add(model, to: &out) }
        }
    }

    /// Appends the object; `models` adds one after the other, since many thousands of them need
    /// not all be there at once.
    package static func write(
        failures: [Failure]? = nil, to out: inout ByteBuffer,
        models: (inout ArrayWriter, inout ByteBuffer) -> Void
    ) {
        var array = begin(&out)
        models(&array, &out)
        end(array, failures: failures, &out)
    }

    /// Begins the object, for whoever writes its models over some time.
    package static func begin(_ out: inout ByteBuffer) -> ArrayWriter {
        var object = ObjectWriter(&out)
        object.name("models", to: &out)
        return ArrayWriter(&out)
    }

    /// Ends the object.
    package static func end(
        _ models: ArrayWriter, failures: [Failure]?, _ out: inout ByteBuffer
    ) {
        models.end(&out)
        var object = ObjectWriter.continuing()
        if let failures { object.add("errors", all: failures, to: &out) }
        object.end(&out)
    }
}

extension Schema {
    static let modelsResult = Schema(
        "ModelsResult",
        #"""
        {"type": "object", "description": "Models.", "required": ["models"], "properties": {
          "models": {"type": "array", "items": {"$ref": "#/components/schemas/Model"},
            "description": "The models."}}}
        """#)

    static let refreshResult = Schema(
        "RefreshResult",
        #"""
        {"type": "object", "description": "Models, and the backends that could not be asked.",
         "required": ["models", "errors"], "properties": {
          "models": {"type": "array", "items": {"$ref": "#/components/schemas/Model"},
            "description": "The models of the backends that were asked."},
          "errors": {"type": "array", "description": "One for each backend that did not answer.",
            "items": {"type": "object", "description": "What went wrong.",
            "required": ["backend", "kind", "message"], "properties": {
            "backend": {"type": "string", "description": "The backend's name."},
            "kind": {"type": "string", "description": "The kind of an error, see Errors."},
            "message": {"type": "string", "description": "What happened and what to do."}}}}}}
        """#)
}
