/// A JSON value whose objects keep their order and whose numbers keep their text.
///
/// It is not the daemon's: a fault in one parser must not hide behind the same fault in the other.
enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    struct Member: Sendable, Equatable {
        let name: String
        let value: JSON
    }

    static func int(_ value: Int) -> JSON { .number(String(value)) }

    /// JSON has no infinity: what is not finite becomes null. A whole number has no ".0", as in
    /// JavaScript.
    static func double(_ value: Double) -> JSON {
        guard value.isFinite else { return .null }
        if abs(value) < 1e15, value == value.rounded() { return .int(Int(value)) }
        return .number("\(value)")
    }

    /// Nanoseconds as seconds with at most six decimals.
    static func seconds(_ nanoseconds: UInt64) -> JSON {
        let (whole, rest) = (nanoseconds / 1000).quotientAndRemainder(dividingBy: 1_000_000)
        if rest == 0 { return .number(String(whole)) }
        var digits = String(String(1_000_000 + rest).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return .number("\(whole).\(digits)")
    }

    /// The value of the last member called `name`, as JavaScript has it.
    subscript(_ name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var items: [JSON]? {
        guard case .array(let items) = self else { return nil }
        return items
    }

    var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    var flag: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    var double: Double? {
        guard case .number(let text) = self else { return nil }
        return Double(text)
    }

    /// The number as an integer; nil for a fraction and for what an Int cannot hold.
    var int: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    }

    /// This object with `others` after its own members.
    func adding(_ others: [Member]) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members + others)
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }

    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .int(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
}
