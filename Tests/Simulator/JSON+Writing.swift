extension JSON {
    /// One line or four spaces of indentation: LM Studio writes both.
    enum Style: Sendable { case compact, pretty }

    func bytes(_ style: Style = .compact) -> [UInt8] {
        var output: [UInt8] = []
        write(into: &output, style == .pretty ? 0 : nil)
        return output
    }

    private func write(into output: inout [UInt8], _ indent: Int?) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let flag): output += (flag ? "true" : "false").utf8
        case .number(let text): output += text.utf8
        case .string(let text): JSON.quote(text, into: &output)
        case .array(let items):
            JSON.list("[", "]", items.count, into: &output, indent) { index, output, inner in
                items[index].write(into: &output, inner)
            }
        case .object(let members):
            JSON.list("{", "}", members.count, into: &output, indent) { index, output, inner in
                JSON.quote(members[index].name, into: &output)
                output += (inner == nil ? ":" : ": ").utf8
                members[index].value.write(into: &output, inner)
            }
        }
    }

    private static func list(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ count: Int, into output: inout [UInt8],
        _ indent: Int?, _ item: (Int, inout [UInt8], Int?) -> Void
    ) {
        output.append(UInt8(ascii: open))
        let inner = indent.map { $0 + 4 }
        for index in 0..<count {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            newLine(into: &output, inner)
            item(index, &output, inner)
        }
        if count > 0 { newLine(into: &output, indent) }
        output.append(UInt8(ascii: close))
    }

    private static func newLine(into output: inout [UInt8], _ indent: Int?) {
        guard let indent else { return }
        output.append(10)
        output += repeatElement(UInt8(ascii: " "), count: indent)
    }

    /// Appends `text` in quotes, escaped as JavaScript's JSON.stringify does.
    static func quote(_ text: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): output += "\\\"".utf8
            case UInt8(ascii: "\\"): output += "\\\\".utf8
            case 8: output += "\\b".utf8
            case 9: output += "\\t".utf8
            case 10: output += "\\n".utf8
            case 12: output += "\\f".utf8
            case 13: output += "\\r".utf8
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                output += "\\u00".utf8
                output += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
