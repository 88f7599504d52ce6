/// A TOML value; a table or an array carries the position of each of its parts.
package enum TOMLValue: Equatable, Sendable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    case offsetDateTime(TOMLDate, TOMLTime, TOMLOffset)
    case localDateTime(TOMLDate, TOMLTime)
    case localDate(TOMLDate)
    case localTime(TOMLTime)
    case array([TOMLNode])
    case table(TOMLTable)

    /// The type as an error names it, with its article: `a string`, `an integer`.
    package var typeName: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a float"
        case .boolean: "a boolean"
        case .offsetDateTime: "an offset date-time"
        case .localDateTime: "a local date-time"
        case .localDate: "a local date"
        case .localTime: "a local time"
        case .array: "an array"
        case .table: "a table"
        }
    }
}

/// A value and where it begins.
package struct TOMLNode: Equatable, Sendable {
    package var value: TOMLValue
    package var position: TOMLPosition
}

/// The members of a table, in the order of the text; no key stands twice.
package struct TOMLTable: Equatable, Sendable {
    /// One member: its key, where the key begins, and its value.
    package struct Entry: Equatable, Sendable {
        package var key: TOMLKey
        package var position: TOMLPosition
        package var node: TOMLNode
    }

    package var entries: [Entry] = []

    package subscript(key: String) -> Entry? {
        let wanted = TOMLKey(key)
        return entries.first { $0.key == wanted }
    }
}

/// A key, equal to another only if their code points are: Swift's own strings would take
/// a composed and a decomposed letter for the same.
package struct TOMLKey: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }

    /// The key as one would write it: bare where it can be, else quoted.
    package var description: String {
        let bare = !text.isEmpty && text.utf8.allSatisfy(TOMLParser.isBareKeyByte)
        return bare ? text : TOMLKey.quoted(text)
    }

    /// The text as a basic string on one line.
    package static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\\(scalar)"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                out += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
