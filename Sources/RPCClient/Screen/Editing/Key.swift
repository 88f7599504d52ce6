/// What somebody typed, one key or one paste.
package enum Key: Equatable, Sendable {
    case text(String)
    /// A whole paste, its newlines included.
    case paste(String)
    case enter
    /// A newline that does not end the input: Alt-Enter or Ctrl-J.
    case newline
    case tab, backspace, delete
    case left, right, up, down, home, end, wordLeft, wordRight
    case deleteWord, killToEnd, killToStart
    case interrupt, endOfInput, redraw, suspend, escape
    /// A sequence that means nothing here.
    case other
}

/// Bytes of a terminal on their way to keys; what is cut in its middle waits for the rest.
package struct KeyParser: Sendable {
    private var bytes: [UInt8] = []
    /// Whether a bracketed paste has begun and not ended.
    private var isPasting = false

    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    package init() {}

    /// Whether an escape waits for what may follow it.
    package var isWaiting: Bool { !bytes.isEmpty }

    /// The keys that these bytes complete.
    package mutating func take(_ new: some Sequence<UInt8>) -> [Key] {
        bytes += new
        var keys: [Key] = []
        while let key = next() { keys.append(key) }
        return keys
    }

    /// Nothing followed: an escape that waits was the key of that name.
    package mutating func settle() -> [Key] {
        guard !isPasting, bytes.first == 0x1B else { return [] }
        let isAlone = bytes.count == 1
        bytes = []
        return [isAlone ? .escape : .other]
    }

    private mutating func next() -> Key? {
        if isPasting { return paste() }
        guard let first = bytes.first else { return nil }
        if first == 0x1B { return sequence() }
        if let key = Self.control(first) {
            bytes.removeFirst()
            return key
        }
        return text()
    }

    private static func control(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x0D: .enter
        case 0x0A: .newline
        case 0x09: .tab
        case 0x7F, 0x08: .backspace
        case 0x01: .home
        case 0x02: .left
        case 0x03: .interrupt
        case 0x04: .endOfInput
        case 0x05: .end
        case 0x06: .right
        case 0x0B: .killToEnd
        case 0x0C: .redraw
        case 0x0E: .down
        case 0x10: .up
        case 0x15: .killToStart
        case 0x17: .deleteWord
        case 0x1A: .suspend
        case ..<0x20: .other
        default: nil
        }
    }

    /// Whole letters up to the next control; the last one may still miss bytes.
    private mutating func text() -> Key? {
        let run = bytes.prefix { $0 >= 0x20 && $0 != 0x7F }
        var end = run.count
        // A letter of several bytes that is not all here yet.
        for back in 1...min(4, end) {
            let byte = run[end - back]
            if byte & 0xC0 == 0x80 { continue }
            let needed = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            if needed > back, run.count == bytes.count { end -= back }
            break
        }
        guard end > 0 else { return nil }
        let text = String(decoding: run.prefix(end), as: UTF8.self)
        bytes.removeFirst(end)
        return .text(text)
    }

    private mutating func paste() -> Key? {
        guard let end = bytes.firstRange(of: Self.pasteEnd) else { return nil }
        let text = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        bytes.removeSubrange(..<end.upperBound)
        isPasting = false
        return .paste(text.replacing("\r\n", with: "\n").replacing("\r", with: "\n"))
    }

    private mutating func sequence() -> Key? {
        guard bytes.count > 1 else { return nil }
        guard bytes[1] == UInt8(ascii: "[") || bytes[1] == UInt8(ascii: "O") else {
            let second = bytes[1]
            bytes.removeFirst(2)
            switch second {
            case 0x0D, 0x0A: return .newline
            case UInt8(ascii: "b"): return .wordLeft
            case UInt8(ascii: "f"): return .wordRight
            case 0x7F: return .deleteWord
            default: return .other
            }
        }
        guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) })
        else { return nil }
        let parameters = String(decoding: bytes[2..<end], as: UTF8.self)
        let final = bytes[end]
        bytes.removeFirst(end + 1)
        if final == UInt8(ascii: "~"), parameters == "200" {
            isPasting = true
            return next()
        }
        return Self.named(final, parameters)
    }

    private static func named(_ final: UInt8, _ parameters: String) -> Key {
        let isByWord = parameters.hasSuffix(";5") || parameters.hasSuffix(";3")
        switch final {
        case UInt8(ascii: "A"): return .up
        case UInt8(ascii: "B"): return .down
        case UInt8(ascii: "C"): return isByWord ? .wordRight : .right
        case UInt8(ascii: "D"): return isByWord ? .wordLeft : .left
        case UInt8(ascii: "H"): return .home
        case UInt8(ascii: "F"): return .end
        case UInt8(ascii: "~"):
            switch parameters {
            case "1", "7": return .home
            case "4", "8": return .end
            case "3": return .delete
            default: return .other
            }
        default: return .other
        }
    }
}
