import CrowdModelsProtocol

/// A valid JSON object that is read in place: where its members stand, and what they are. Of very
/// many the first ones count: no API knows a tenth of `ObjectSurvey.membersMax`.
struct ObjectView: ~Escapable {
    let text: Span<UInt8>
    private let members: Members

    /// The object at `start` of `text`; none where something else stands there.
    @_lifetime(copy text)
    init(_ text: Span<UInt8>, from start: Int = 0) {
        self.text = text
        var members: [JSONMember] = []
        // As many as most objects here have.
        members.reserveCapacity(12)
        var reader = JSONMemberReader(skimmingFrom: start)
        while members.count < ObjectSurvey.membersMax,
            let member = (try? reader.next(in: text)) ?? nil
        {
            members.append(member)
        }
        self.members = Members(members, in: text)
    }

    /// The object whose members somebody found already.
    @_lifetime(copy text)
    init(_ text: Span<UInt8>, members: Members) {
        self.text = text
        self.members = members
    }

    /// The value of the last member of that name; nil where there is none, or null.
    func value(_ name: StaticString) -> JSONRange? {
        members.last(named: name, in: text)
    }

    /// The bytes of a member's value; empty where there is none.
    @_lifetime(copy self)
    func token(_ name: StaticString) -> Span<UInt8> {
        guard let value = value(name) else { return Span() }
        return text.extracting(value.bounds)
    }

    /// The inside of a member that is a string; empty where there is none.
    @_lifetime(copy self)
    func inside(_ name: StaticString) -> Span<UInt8> {
        guard let value = value(name), text[Int(value.start)] == UInt8(ascii: "\"") else {
            return Span()
        }
        return text.extracting(Int(value.start) + 1..<Int(value.end) - 1)
    }

    /// The characters of a member that is a string; nil for no such member, and what is none.
    func string(_ name: StaticString) -> String? {
        guard let value = value(name), text[Int(value.start)] == UInt8(ascii: "\"") else {
            return nil
        }
        return JSONText.string(text.extracting(value.bounds))
    }

    /// Appends the member under another name, with a comma before it; nothing where it is absent.
    func append(_ name: StaticString, as other: StaticString, to out: inout ByteBuffer) {
        let token = token(name)
        if token.isEmpty { return }
        out.append(",\"")
        out.append(other)
        out.append("\":")
        out.append(token)
    }
}
