import CrowdModelsProtocol

/// JSON of a server that breaks the rules where nobody needs to lose an answer for it, made strict.
///
/// `NaN` and infinities, as C prints them too, become null, raw control characters are escaped,
/// unknown escapes lose their backslash. What is no letter (half a surrogate pair, bytes that are
/// no UTF-8) becomes U+FFFD, and `flaws` says where: its other half may stand in the next event. Of
/// very many the first are noted.
struct JSONMending: ~Copyable {
    /// Six bytes in the mended text (`\ufffd`) and what stood in their place.
    struct Flaw: Equatable {
        /// Where in the mended text.
        var place: Int
        var piece: LetterPiece
    }

    private(set) var text: ByteBuffer
    private(set) var flaws: [Flaw] = []
    /// How many there were, noted or not.
    private(set) var flawCount = 0

    /// Offset of the next byte that is mended.
    private var at = 0
    private var isInString = false

    /// Mends `json`. What is wrong with its structure stays wrong.
    init(_ json: Span<UInt8>) {
        self.init(room: json.count)
        _ = resume(json, bytes: json.count)
    }

    /// Begins with a text of about so many bytes, for `resume`.
    init(room: Int) {
        text = ByteBuffer(capacity: room + 64)
    }

    /// Mends the next `bytes` bytes of `json`, or a few more; whether that was all of it.
    mutating func resume(_ json: Span<UInt8>, bytes: Int) -> Bool {
        let limit = at + min(bytes, json.count - at)
        while at < limit {
            let byte = json[at]
            if isInString {
                mendString(json, until: limit)
            } else if byte == UInt8(ascii: "\"") {
                text.append(byte)
                isInString = true
                at += 1
            } else if let length = Self.literalThatIsNoNumber(json, at) {
                text.append("null")
                at += length
            } else {
                text.append(byte)
                at += 1
            }
        }
        guard at >= json.count else { return false }
        // What is cut in the midst of a string is a string as far as it goes.
        if isInString { text.append(UInt8(ascii: "\"")) }
        isInString = false
        return true
    }

    /// How long the `NaN`, `Infinity` or `-inf` here is.
    private static func literalThatIsNoNumber(_ json: Span<UInt8>, _ at: Int) -> Int? {
        func reads(_ word: StaticString) -> Int? {
            let count = word.utf8CodeUnitCount
            guard json.count - at >= count else { return nil }
            for offset in 0..<count where unsafe json[at + offset] != word.utf8Start[offset] {
                return nil
            }
            return count
        }
        switch json[at] {
        case UInt8(ascii: "N"): return reads("NaN")
        case UInt8(ascii: "I"): return reads("Infinity") ?? reads("Inf")
        case UInt8(ascii: "n"): return reads("nan")
        case UInt8(ascii: "i"): return reads("infinity") ?? reads("inf")
        case UInt8(ascii: "-"):
            guard at + 1 < json.count, json[at + 1] != UInt8(ascii: "-") else { return nil }
            return literalThatIsNoNumber(json, at + 1).map { $0 + 1 }
        default: return nil
        }
    }

    /// Mends what is inside of a string, up to its closing quote or `limit`.
    private mutating func mendString(_ json: Span<UInt8>, until limit: Int) {
        while at < limit {
            let byte = json[at]
            switch byte {
            case UInt8(ascii: "\""):
                text.append(byte)
                isInString = false
                at += 1
                return
            case UInt8(ascii: "\\"): at = mendEscape(json, from: at)
            case 0..<0x20:
                text.append(escaped: byte)
                at += 1
            case 0x80...: at = mendLetter(json, from: at)
            default:
                text.append(byte)
                at += 1
            }
        }
    }

    private mutating func mendEscape(_ json: Span<UInt8>, from start: Int) -> Int {
        if start + 1 == json.count { return start + 1 }
        let letter = json[start + 1]
        if letter != UInt8(ascii: "u") {
            let isKnown = "\"\\/bfnrt".utf8.contains(letter)
            if isKnown { text.append(UInt8(ascii: "\\")) }
            // An unknown one is read again as the letter it is.
            if isKnown { text.append(letter) }
            return isKnown ? start + 2 : start + 1
        }
        guard let unit = Self.unit(json, at: start) else {
            flaw(.none)
            return start + 2
        }
        if unit & 0xF800 == 0xD800 {
            let low = Self.unit(json, at: start + 6)
            if unit & 0xFC00 == 0xD800, let low, low & 0xFC00 == 0xDC00 {
                text.append(json.extracting(start..<start + 12))
                return start + 12
            }
            flaw(LetterPiece(unit: unit))
        } else {
            text.append(json.extracting(start..<start + 6))
        }
        return start + 6
    }

    /// The UTF-16 unit that the escape here (a `\u` and four digits) spells.
    private static func unit(_ json: Span<UInt8>, at start: Int) -> UInt16? {
        guard json.count - start >= 6, json[start] == UInt8(ascii: "\\"),
            json[start + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt16 = 0
        for index in start + 2..<start + 6 {
            guard let digit = json[index].hexDigit else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// Takes the letter outside ASCII that begins here, or what is left of one.
    private mutating func mendLetter(_ json: Span<UInt8>, from start: Int) -> Int {
        var piece = LetterPiece(byte: json[start])
        var at = start + 1
        while !piece.isWhole, at < json.count, let longer = piece.appending(byte: json[at]) {
            piece = longer
            at += 1
        }
        if piece.isWhole { text.append(json.extracting(start..<at)) } else { flaw(piece) }
        return at
    }

    private mutating func flaw(_ piece: LetterPiece) {
        flawCount += 1
        if flaws.count < GenerationLimits.flawsMax {
            flaws.append(Flaw(place: text.count, piece: piece))
            text.append("\\ufffd")
        } else {
            // Nobody looks for its other half: it may stand as the letter.
            text.append("\u{FFFD}")
        }
    }
}

extension [JSONMending.Flaw] {
    /// The one at a place of the mended text; they stand in its order.
    func at(_ place: Int) -> JSONMending.Flaw? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].place < place { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].place == place ? self[low] : nil
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit.
    var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - 55
        default: nil
        }
    }
}

extension ByteBuffer {
    /// Appends a control character as `\u00XX`.
    mutating func append(escaped control: UInt8) {
        append("\\u00")
        for digit in [control >> 4, control & 15] { append(digit < 10 ? 48 + digit : 87 + digit) }
    }

    /// Appends UTF-8 as the inside of a JSON string.
    mutating func append(escaping text: Span<UInt8>) {
        var kept = 0
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                continue
            }
            append(text.extracting(kept..<index))
            kept = index + 1
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            default: append(escaped: byte)
            }
        }
        append(text.extracting(kept..<text.count))
    }
}
