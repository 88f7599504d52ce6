import Configuration

/// The JSON that the public TOML suite compares: every plain value as its type and its text.
enum TaggedJSON {
    static func write(_ table: TOMLTable, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        for (index, entry) in table.entries.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            write(entry.key.text, to: &out)
            out.append(UInt8(ascii: ":"))
            write(entry.node.value, to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }

    private static func write(_ value: TOMLValue, to out: inout [UInt8]) {
        switch value {
        case .string(let text): tag("string", text, to: &out)
        case .integer(let number): tag("integer", String(number), to: &out)
        case .float(let number): tag("float", number.isNaN ? "nan" : "\(number)", to: &out)
        case .boolean(let flag): tag("bool", flag ? "true" : "false", to: &out)
        case .offsetDateTime(let date, let time, let offset):
            tag("datetime", "\(date)T\(time)\(offset)", to: &out)
        case .localDateTime(let date, let time): tag("datetime-local", "\(date)T\(time)", to: &out)
        case .localDate(let date): tag("date-local", "\(date)", to: &out)
        case .localTime(let time): tag("time-local", "\(time)", to: &out)
        case .table(let table): write(table, to: &out)
        case .array(let nodes):
            out.append(UInt8(ascii: "["))
            for (index, node) in nodes.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                write(node.value, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        }
    }

    private static func tag(_ type: String, _ text: String, to out: inout [UInt8]) {
        out += Array("{\"type\":\"\(type)\",\"value\":".utf8)
        write(text, to: &out)
        out.append(UInt8(ascii: "}"))
    }

    private static func write(_ text: String, to out: inout [UInt8]) {
        let hex = Array("0123456789abcdef".utf8)
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                out += [UInt8(ascii: "\\"), byte]
            } else if byte < 0x20 {
                out += Array("\\u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            } else {
                out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
