extension ByteBuffer {
    /// Appends `text` as a JSON string, quoted and escaped as RFC 8259 section 7 needs and no more.
    public mutating func append(string text: String) {
        append(UInt8(ascii: "\""))
        append(stringContent: text)
        append(UInt8(ascii: "\""))
    }

    /// Appends `text` as the inside of a JSON string.
    public mutating func append(stringContent text: String) {
        var text = text
        text.withUTF8 { bytes in
            for index in 0..<bytes.count {
                let byte = unsafe bytes[index]
                switch byte {
                case UInt8(ascii: "\""): append("\\\"")
                case UInt8(ascii: "\\"): append("\\\\")
                case 0x0A: append("\\n")
                case 0x0D: append("\\r")
                case 0x09: append("\\t")
                case 0x08: append("\\b")
                case 0x0C: append("\\f")
                case 0..<0x20:
                    append("\\u00")
                    append(hexDigit: byte >> 4)
                    append(hexDigit: byte & 15)
                default: append(byte)
                }
            }
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
        } else {
            append(utf8: value.description)
        }
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

    /// Appends a valid JSON value without the space between its tokens: fit for one line.
    public mutating func append(compact json: Span<UInt8>) {
        var at = 0
        var inString = false
        while at < json.count {
            let byte = json[at]
            at &+= 1
            if inString {
                append(byte)
                if byte == UInt8(ascii: "\\"), at < json.count {
                    append(json[at])
                    at &+= 1
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
            } else if byte != 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 {
                append(byte)
                inString = byte == UInt8(ascii: "\"")
            }
        }
    }
}
