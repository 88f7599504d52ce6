/// What became of a model, a backend or a request: the `change` of an event.
public struct SubscriptionChange<Subject: ChangingSubject>: Equatable, Sendable, JSONReadable,
    JSONWritable
{
    /// What happened to it.
    public var kind: ChangeKind
    /// As it is now, or was when it went.
    public var subject: Subject

    /// That this happened to it.
    public init(_ kind: ChangeKind, _ subject: Subject) {
        self.kind = kind
        self.subject = subject
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        let word = try members.string("kind")
        guard let kind = ChangeKind(rawValue: word) else {
            throw ShapeError("\(members.place).kind", "is `\(word)`, which is no kind of change")
        }
        self.kind = kind
        subject = try members.read(Subject.memberName.description)
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("kind", kind.rawValue, to: &out)
        object.add(Subject.memberName, subject, to: &out)
        object.end(&out)
    }
}

/// What can happen to something that lists tell of.
public enum ChangeKind: String, CaseIterable, Sendable {
    case added, changed, removed
}

/// Something whose changes can be heard of.
public protocol ChangingSubject: Equatable, JSONReadable, JSONWritable {
    /// The member that holds it in a change.
    static var memberName: StaticString { get }
}

extension ModelDescription: ChangingSubject {
    /// The member that holds it in a change.
    public static var memberName: StaticString { "model" }
}

extension BackendDescription: ChangingSubject {
    /// The member that holds it in a change.
    public static var memberName: StaticString { "backend" }
}

extension RequestDescription: ChangingSubject {
    /// The member that holds it in a change.
    public static var memberName: StaticString { "request" }
}

extension Schema {
    static let modelChange = Schema(
        "ModelChange",
        #"""
        {"type": "object", "description": "A change of a model.", "required": ["kind", "model"],
         "properties": {
          "kind": {"type": "string", "enum": ["added", "changed", "removed"],
            "description": "What happened."},
          "model": {"$ref": "#/components/schemas/Model",
            "description": "The model now, or as it was when it went."}}}
        """#)

    static let backendChange = Schema(
        "BackendChange",
        #"""
        {"type": "object", "description": "A change of a backend.",
         "required": ["kind", "backend"], "properties": {
          "kind": {"type": "string", "enum": ["added", "changed", "removed"],
            "description": "What happened."},
          "backend": {"$ref": "#/components/schemas/Backend",
            "description": "The backend now, or as it was when it went."}}}
        """#)

    static let requestChange = Schema(
        "RequestChange",
        #"""
        {"type": "object", "description": "A change of a request.",
         "required": ["kind", "request"], "properties": {
          "kind": {"type": "string", "enum": ["added", "changed", "removed"],
            "description": "What happened; `removed`: it was answered."},
          "request": {"$ref": "#/components/schemas/Request",
            "description": "The request now, or as it was when it went."}}}
        """#)
}
