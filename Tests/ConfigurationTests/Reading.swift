@testable import Configuration

/// A short way to write a value and to read a text.
func parsed(_ text: String) throws(TOMLError) -> TOMLTable {
    try TOMLParser.parse(Array(text.utf8))
}

/// The value of the key `v`.
func value(_ text: String) throws -> TOMLValue? {
    try parsed("v = " + text)["v"]?.node.value
}

/// The place and message of the first thing that is wrong, or nil.
func refusal(_ text: String) -> TOMLError? { refusal(Array(text.utf8)) }

func refusal(_ bytes: [UInt8]) -> TOMLError? {
    do throws(TOMLError) {
        _ = try TOMLParser.parse(bytes)
        return nil
    } catch {
        return error
    }
}

/// The problems of a configuration as `line:column: message`.
func problems(_ text: String) -> [String] {
    do throws(ConfigurationErrors) {
        _ = try Config.load(Array(text.utf8))
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

func load(_ text: String) throws -> Config { try Config.load(Array(text.utf8)) }

extension TOMLTable {
    /// The table as JSON of keys and plain values, so that a test can say it on one line.
    var brief: String {
        "{" + entries.map { "\($0.key.text):\($0.node.value.brief)" }.joined(separator: ",") + "}"
    }
}

extension TOMLValue {
    var brief: String {
        switch self {
        case .string(let text): "\"\(text)\""
        case .integer(let number): "\(number)"
        case .float(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .offsetDateTime(let date, let time, let offset): "\(date)T\(time)\(offset)"
        case .localDateTime(let date, let time): "\(date)T\(time)"
        case .localDate(let date): "\(date)"
        case .localTime(let time): "\(time)"
        case .array(let nodes): "[" + nodes.map(\.value.brief).joined(separator: ",") + "]"
        case .table(let table): table.brief
        }
    }
}
