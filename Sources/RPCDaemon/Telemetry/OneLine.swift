extension String {
    /// The text with spaces for what ends a line, commands a terminal, or turns around the letters
    /// of others: a log line is read at terminals, and journald takes one with such for a blob.
    var onOneLine: String {
        guard utf8.contains(where: Self.mayCommand) else { return self }
        return String(
            String.UnicodeScalarView(unicodeScalars.map { Self.commands($0.value) ? " " : $0 }))
    }

    /// Below space, DEL, or the first byte of what holds C1 controls or marks of direction.
    private static func mayCommand(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xE2
    }

    private static func commands(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
