/// All methods, each in one line: what `help` answers.
public struct MethodList: Equatable, Sendable, JSONReadable, JSONWritable {
    /// One method.
    public struct Row: Equatable, Sendable, JSONReadable, JSONWritable {
        /// Its name.
        public var name: String
        /// What it does.
        public var summary: String

        /// The row of that method.
        public init(_ method: Method) {
            name = method.name.description
            summary = method.description.summary
        }

        /// Reads the members of an object.
        public init(_ members: MemberReader) throws(ShapeError) {
            name = try members.string("name")
            summary = try members.string("summary")
        }

        /// Appends the object.
        public func write(to out: inout ByteBuffer) {
            var object = ObjectWriter(&out)
            object.add("name", name, to: &out)
            object.add("summary", summary, to: &out)
            object.end(&out)
        }
    }

    /// In the order of the documentation.
    public var methods: [Row]

    /// All that there are.
    public init() {
        methods = Method.all.map { Row($0) }
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        methods = try members.readAll("methods")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("methods", all: methods, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let helpResult = Schema(
        "HelpResult",
        #"""
        {"description": "All methods, or the one that was asked for.",
         "anyOf": [{"$ref": "#/components/schemas/MethodList"},
          {"$ref": "#/components/schemas/MethodObject"}]}
        """#)

    static let methodList = Schema(
        "MethodList",
        #"""
        {"type": "object", "description": "All methods.", "required": ["methods"], "properties": {
          "methods": {"type": "array", "description": "In the order of the documentation.",
            "items": {"type": "object", "description": "A method in one line.",
            "required": ["name", "summary"], "properties": {
            "name": {"type": "string", "description": "Its name."},
            "summary": {"type": "string", "description": "What it does."}}}}}}
        """#)
}
