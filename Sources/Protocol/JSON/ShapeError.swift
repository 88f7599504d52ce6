/// A value that is not what the protocol says it is: a newer or broken partner, never a bug here.
public struct ShapeError: Error, Equatable, Sendable {
    /// Where, such as `result.models[2].id`.
    public var place: String
    /// What is there and what should be.
    public var message: String

    /// A description of the fault.
    public init(_ place: String, _ message: String) {
        self.place = place
        self.message = message
    }

    /// One sentence for a person.
    public var sentence: String { "`\(place)` \(message)" }
}

/// What can be read from the JSON of a result or a notification. Members that it does not know are
/// ignored; null counts as absent.
public protocol JSONReadable: Sendable {
    /// Reads the members of an object.
    init(_ members: MemberReader) throws(ShapeError)
}

extension JSONReadable {
    /// Reads a value, an object; `place` is what errors call it.
    public init(json: JSONValue, at place: String = "result") throws(ShapeError) {
        try self.init(try MemberReader(json, at: place))
    }
}
