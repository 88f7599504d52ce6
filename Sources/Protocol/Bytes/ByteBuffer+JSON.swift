extension ByteBuffer {
    /// A buffer that holds the value as JSON.
    init(_ value: JSONValue) {
        self.init()
        value.write(to: &self)
    }

    /// A buffer that holds the inside of the JSON string that `text` is; nothing for nil.
    init(insideOf text: String?) {
        self.init()
        if let text { append(stringContent: text) }
    }

    /// A buffer that holds an array of shapes; nothing for none.
    init(all values: [some JSONWritable]) {
        self.init()
        if values.isEmpty { return }
        var array = ArrayWriter(&self)
        for value in values { array.add(value, to: &self) }
        array.end(&self)
    }

    /// Appends `text` as a JSON string, quoted and escaped as RFC 8259 section 7 needs and no more.
    public mutating func append(string text: String) {
        append(UInt8(ascii: "\""))
        append(stringContent: text)
        append(UInt8(ascii: "\""))
    }

    /// Appends `text` as the inside of a JSON string.
    public mutating func append(stringContent text: String) {
        text.withBytes { bytes in
            if bytes.isInsideOfString { return append(bytes) }
            var kept = 0
            for index in bytes.indices {
                let byte = bytes[index]
                if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
                append(bytes.extracting(kept..<index))
                append(escaped: byte)
                kept = index &+ 1
            }
            append(bytes.extracting(kept..<bytes.count))
        }
    }

    private mutating func append(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0x08: append("\\b")
        case 0x0C: append("\\f")
        default:
            append("\\u00")
            append(hexDigit: byte >> 4)
            append(hexDigit: byte & 15)
        }
    }

    private mutating func append(hexDigit digit: UInt8) {
        append(digit < 10 ? 48 &+ digit : 87 &+ digit)
    }

    /// Appends a JSON number, the shortest that reads back the same. JSON knows no infinity and no
    /// NaN: they become `null`.
    public mutating func append(number value: Double) {
        guard value.isFinite else {
            append("null")
            return
        }
        if let whole = Int(exactly: value), whole.magnitude <= 9_007_199_254_740_992 {
            append(decimal: whole)
        } else if !append(shortFraction: value) {
            append(utf8: value.description)
        }
    }

    /// Appends a number of at most six decimals, as most are; false where it is none, and nothing
    /// was appended. An integer and a power of ten that are exact have a quotient that is correctly
    /// rounded (Clinger), and of so few digits no two read back the same.
    private mutating func append(shortFraction value: Double) -> Bool {
        let size = value.magnitude
        guard size >= 0.001, size < 1_000_000 else { return false }
        let scaled = Int(size * 1e6 + 0.5)
        guard Double(scaled) / 1e6 == size else { return false }
        if value < 0 { append(UInt8(ascii: "-")) }
        let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: 1_000_000)
        append(decimal: whole)
        append(UInt8(ascii: "."))
        append(decimals: UInt64(truncatingIfNeeded: 100 &* fraction))
        return true
    }

    /// Appends a finite number with so many decimals, rounded half away from zero; anything else is
    /// written as 0.
    public mutating func append(fixed value: Double, decimals: Int) {
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value * Double(scale)).rounded()
        let whole = Int(exactly: scaled) ?? 0
        if whole < 0 { append(UInt8(ascii: "-")) }
        append(decimal: Int(whole.magnitude) / scale)
        guard decimals > 0 else { return }
        append(UInt8(ascii: "."))
        var fraction = Int(whole.magnitude) % scale
        while scale > 1 {
            scale /= 10
            append(UInt8(truncatingIfNeeded: 48 + fraction / scale))
            fraction %= scale
        }
    }

    /// Appends `true` or `false`.
    public mutating func append(bool value: Bool) {
        if value { append("true") } else { append("false") }
    }

    /// Appends nanoseconds as seconds, exactly and without zeros at the end.
    public mutating func append(seconds nanoseconds: UInt64) {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        append(decimal: Int(clamping: whole))
        if rest == 0 { return }
        append(UInt8(ascii: "."))
        let (first, others) = rest.quotientAndRemainder(dividingBy: 100_000_000)
        append(UInt8(truncatingIfNeeded: 48 &+ first))
        if others > 0 { append(decimals: others) }
    }

    /// Appends the eight digits of a number, which has no more, but for the zeros at their end.
    private mutating func append(decimals value: UInt64) {
        // Two numbers of four digits, four of two and eight of one, side by side in a word: each
        // step divides all of them by a multiplication (10486 / 2^20 is a hundredth, 103 / 2^10 a
        // tenth) and puts the rest behind the quotient.
        let (high, low) = value.quotientAndRemainder(dividingBy: 10_000)
        var word = high | low << 32
        let hundreds = (word &* 10486) >> 20 & 0x0000_007F_0000_007F
        word = hundreds | (word &- 100 &* hundreds) << 16
        let tens = (word &* 103) >> 10 & 0x000F_000F_000F_000F
        word = tens | (word &- 10 &* tens) << 8
        reserve(8)
        let zeros = UInt64(0x3030_3030_3030_3030)
        let place = unsafe UnsafeMutableRawPointer(base + end)
        unsafe place.storeBytes(of: (word | zeros).littleEndian, as: UInt64.self)
        end &+= 8 &- word.leadingZeroBitCount / 8
    }

    /// Appends a valid JSON value without the space between its tokens: fit for one line.
    public mutating func append(compact json: Span<UInt8>) {
        reserve(json.count)
        // Most programs write none: then it is a copy.
        if !json.hasSpace { return append(json) }
        var at = 0
        var kept = 0
        while at < json.count {
            let byte = json[at]
            if byte == UInt8(ascii: "\"") {
                at = Self.endOfString(json, from: at)
            } else if byte <= 0x20 {
                append(json.extracting(kept..<at))
                at &+= 1
                kept = at
            } else {
                at &+= 1
            }
        }
        append(json.extracting(kept..<json.count))
    }

    /// One past the closing quote of the string whose opening quote is at `start`.
    private static func endOfString(_ json: Span<UInt8>, from start: Int) -> Int {
        var at = start &+ 1
        while at < json.count {
            let byte = json[at]
            if byte == UInt8(ascii: "\\") {
                at &+= 2
            } else {
                at &+= 1
                if byte == UInt8(ascii: "\"") { break }
            }
        }
        return min(at, json.count)
    }
}
