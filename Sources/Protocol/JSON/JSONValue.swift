/// A JSON value as a tree, for whoever is in no hurry; the daemon's hot path reads text in place.
///
/// Numbers keep the token they came as, so that nothing is lost on the way through.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// The token of the number, such as `1.0`.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// An integer as a JSON number.
    public static func integer(_ value: Int) -> JSONValue { .number(String(value)) }

    /// A finite floating-point number as a JSON number; null for infinity and NaN.
    public static func double(_ value: Double) -> JSONValue {
        var buffer = ByteBuffer()
        buffer.append(number: value)
        return value.isFinite ? .number(buffer.text) : .null
    }

    /// Reads one JSON value, space around it allowed.
    public init(parsing text: Span<UInt8>, depthMax: Int = 128) throws(JSONError) {
        let range = try JSONText.validate(text, depthMax: depthMax)
        self = try JSONValue(validated: text.extracting(range.bounds))
    }

    /// Reads one JSON value from text.
    public init(parsing text: String, depthMax: Int = 128) throws(JSONError) {
        var buffer = ByteBuffer()
        buffer.append(utf8: text)
        self = try JSONValue(parsing: buffer.span, depthMax: depthMax)
    }

    init(validated token: Span<UInt8>) throws(JSONError) {
        switch JSONKind(firstByte: token[0]) {
        case .null: self = .null
        case .boolean: self = .bool(token[0] == UInt8(ascii: "t"))
        case .number:
            self = .number(
                unsafe token.withUnsafeBufferPointer {
                    unsafe String(decoding: $0, as: UTF8.self)
                })
        case .string: self = .string(JSONText.string(token))
        case .array:
            var elements: [JSONValue] = []
            var reader = JSONElementReader(from: 0)
            while let element = try reader.next(in: token) {
                elements.append(try JSONValue(validated: token.extracting(element.bounds)))
            }
            self = .array(elements)
        case .object:
            var members = JSONObject()
            var reader = JSONMemberReader(from: 0)
            while let member = try reader.next(in: token) {
                let name = JSONText.string(token.extracting(member.name.bounds))
                members.append(
                    name, try JSONValue(validated: token.extracting(member.value.bounds)))
            }
            self = .object(members)
        }
    }

    /// The value as compact JSON.
    public var text: String {
        var buffer = ByteBuffer()
        write(to: &buffer)
        return buffer.text
    }

    /// Appends the value as compact JSON.
    public func write(to buffer: inout ByteBuffer) {
        switch self {
        case .null: buffer.append("null")
        case .bool(let value): buffer.append(bool: value)
        case .number(let token): buffer.append(utf8: token)
        case .string(let value): buffer.append(string: value)
        case .array(let elements):
            buffer.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                element.write(to: &buffer)
            }
            buffer.append(UInt8(ascii: "]"))
        case .object(let object):
            buffer.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                buffer.append(string: member.name)
                buffer.append(UInt8(ascii: ":"))
                member.value.write(to: &buffer)
            }
            buffer.append(UInt8(ascii: "}"))
        }
    }
}
