package import Configuration
package import CrowdModelsProtocol

/// Something that happened, as the log tells it: words for people, members for programs.
///
/// Made only where its level is asked for, so that one that nobody wants to hear of costs nothing.
/// None ever holds a prompt, a completion or a key.
package protocol LogEvent {
    var level: LogLevel { get }
    /// What programs tell it by: the member `event`.
    var name: StaticString { get }
    /// The line for people.
    func write(words: inout ByteBuffer)
    /// A second line for people that the first has no room for; none by default.
    func write(details: inout ByteBuffer)
    func write(fields: inout LogFields)
}

extension LogEvent {
    package func write(details: inout ByteBuffer) {}
}

/// Members of an event for programs, in the making.
package struct LogFields: ~Copyable {
    private(set) var bytes = ByteBuffer()
    private var object = ObjectWriter.continuing()

    /// Names that others made up, such as a tag or a model, are cut to so many letters.
    package static let lettersMax = 128

    init() {}

    package mutating func append(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        object.add(name, String(value.prefix(Self.lettersMax)).onOneLine, to: &bytes)
    }

    package mutating func append(_ name: StaticString, _ value: Int?) {
        object.add(name, value, to: &bytes)
    }

    package mutating func append(_ name: StaticString, _ value: Double?) {
        object.add(name, value, to: &bytes)
    }
}
