import CrowdModelsProtocol

/// How what came is put into what goes out: tokens are copied as they are, never read and written
/// anew.
extension ByteBuffer {
    /// Appends the comma before an element, unless its array has just begun.
    mutating func appendComma() {
        if span[count &- 1] != UInt8(ascii: "[") { append(UInt8(ascii: ",")) }
    }

    /// Appends a further member: a comma, its name, and its value's token.
    mutating func append(member name: StaticString, token: Span<UInt8>) {
        append(",\"")
        append(name)
        append("\":")
        append(token)
    }

    /// Appends a further member that is a string with that inside.
    mutating func append(member name: StaticString, inside: Span<UInt8>) {
        append(",\"")
        append(name)
        append("\":\"")
        append(inside)
        append("\"")
    }

    /// Appends valid JSON as the inside of a string. Space between its tokens becomes a blank each,
    /// since no other stands in a string as it is.
    mutating func append(quoting json: Span<UInt8>) {
        reserve(json.count &+ json.count / 8)
        var kept = 0
        var at = 0
        while at < json.count {
            let byte = json[at]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                at &+= 1
                continue
            }
            append(json.extracting(kept..<at))
            if byte < 0x20 {
                append(UInt8(ascii: " "))
            } else {
                append(UInt8(ascii: "\\"))
                append(byte)
            }
            at &+= 1
            kept = at
        }
        append(json.extracting(kept..<json.count))
    }

    /// Appends the object that the inside of a string spells, as APIs want a call's arguments that
    /// keep them as an object. Nothing is `{}`; what is no object stands in the member `arguments`
    /// of one, as the text that it is: the model wrote it so, and its program is to see it.
    mutating func append(objectSpeltBy inside: Span<UInt8>) {
        var plain = ByteBuffer(capacity: inside.count)
        JSONText.appendUnescaped(inside, to: &plain)
        let start = JSONText.skippingSpace(plain.span)
        if start == plain.count {
            append("{}")
        } else if plain.span[start] == UInt8(ascii: "{"),
            (try? JSONText.validate(plain.span)) != nil
        {
            append(compact: plain.span)
        } else {
            append("{\"arguments\":\"")
            append(inside)
            append("\"}")
        }
    }

    /// Appends seconds since 1970 as a date of RFC 3339, in UTC.
    mutating func append(date seconds: Int) {
        let (days, clock) = seconds.quotientAndRemainder(dividingBy: 86_400)
        // Years are counted from March, so that the leap day is the last of one.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        append(decimal: year)
        append("-")
        append(twoDigits: month < 10 ? month + 3 : month - 9)
        append("-")
        append(twoDigits: dayOfYear - (153 * month + 2) / 5 + 1)
        append("T")
        append(twoDigits: clock / 3600)
        append(":")
        append(twoDigits: clock / 60 % 60)
        append(":")
        append(twoDigits: clock % 60)
        append("Z")
    }

    private mutating func append(twoDigits value: Int) {
        append(UInt8(truncatingIfNeeded: 48 + value / 10))
        append(UInt8(truncatingIfNeeded: 48 + value % 10))
    }
}
