package import CrowdModelsProtocol

/// Text from elsewhere made fit for a terminal: a model's name or a server's message must not move
/// the cursor, change colours or hide what it says.
package enum Printable {
    /// The text on one line: each control character, and each that changes the direction of
    /// writing, as `\u{1b}`.
    package static func escaping(_ text: String) -> String {
        guard text.utf8.contains(where: mayNeedEscape) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) || changesDirection(scalar) {
                append(scalar, to: &result)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A text of several lines: newlines and tabs stay, and so do the marks that right-to-left
    /// writing needs; what overrides the direction of others' letters hides what they say.
    package static func escapingControls(_ text: String) -> String {
        guard text.utf8.contains(where: mayNeedEscape) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            let isLayout = scalar == "\n" || scalar == "\t"
            if isControl(scalar) && !isLayout || overridesDirection(scalar) {
                append(scalar, to: &result)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        text += "\\u{\(String(scalar.value, radix: 16))}"
    }

    /// Below space, DEL, or the first byte of what holds C1 controls or marks of direction.
    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xE2 || byte == 0xD8
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    private static func overridesDirection(_ scalar: Unicode.Scalar) -> Bool {
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }

    private static func changesDirection(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

extension ByteBuffer {
    /// Appends valid JSON with the control characters that JSON lets stand (DEL and C1) escaped, so
    /// that it means the same and does no harm to a terminal.
    package mutating func append(harmless json: Span<UInt8>) {
        var at = 0
        while at < json.count {
            let byte = json[at]
            if byte == 0x7F {
                append("\\u007f")
            } else if byte == 0xC2, at + 1 < json.count, (0x80...0x9F).contains(json[at + 1]) {
                append("\\u00")
                append(utf8: String(json[at + 1], radix: 16))
                at += 1
            } else {
                append(byte)
            }
            at += 1
        }
    }
}
