/// What a request says of itself beside its parameters, in `_meta`.
public enum RequestMeta {
    /// Members of `_meta` that are looked at; a long one's others are not kept.
    static let membersMax = 32

    /// The W3C `traceparent` that `_meta` holds; nil where there is none, or none that is valid.
    public static func traceparent(
        of arguments: Arguments, in text: Span<UInt8>, survey: ParamsSurvey? = nil
    ) -> String? {
        guard let range = value(of: "traceparent", by: arguments, in: text, survey: survey),
            text[Int(range.start)] == UInt8(ascii: "\""), range.count <= 512
        else { return nil }
        let value = JSONText.string(text.extracting(range.bounds))
        return isTraceparent(value) ? value : nil
    }

    /// Where the value of that member of `_meta` stands; nil where there is none.
    public static func value(
        of name: StaticString, by arguments: Arguments, in text: Span<UInt8>,
        survey: ParamsSurvey? = nil
    ) -> JSONRange? {
        guard arguments.meta.isPresent, text[Int(arguments.meta.start)] == UInt8(ascii: "{")
        else { return nil }
        if let survey {
            return survey.meta.first { $0.isNamed(name, in: text) }?.value
        }
        var reader = JSONMemberReader(from: Int(arguments.meta.start))
        while let member = (try? reader.next(in: text)) ?? nil {
            if member.isNamed(name, in: text) { return member.value }
        }
        return nil
    }

    /// Whether a `traceparent` is one by the letter of W3C Trace Context, section 3.2: version,
    /// trace id, parent id and flags in lower-case hexadecimal digits, neither id all zeros; a
    /// version after 00 may have more behind another dash.
    public static func isTraceparent(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 55 else { return false }
        for (index, byte) in bytes.prefix(55).enumerated() {
            if index == 2 || index == 35 || index == 52 {
                guard byte == UInt8(ascii: "-") else { return false }
            } else {
                guard byte &- 0x30 < 10 || byte &- 0x61 < 6 else { return false }
            }
        }
        let zero = UInt8(ascii: "0")
        let f = UInt8(ascii: "f")
        if bytes[0] == f && bytes[1] == f { return false }
        if bytes[3..<35].allSatisfy({ $0 == zero }) || bytes[36..<52].allSatisfy({ $0 == zero }) {
            return false
        }
        if bytes.count == 55 { return true }
        // It goes into a header and a log line as it is.
        return (bytes[0] != zero || bytes[1] != zero) && bytes[55] == UInt8(ascii: "-")
            && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

extension JSONMember {
    fileprivate func isNamed(_ literal: StaticString, in text: Span<UInt8>) -> Bool {
        JSONText.string(
            text.extracting(name.bounds), hasEscape: nameHasEscape, equals: literal)
    }
}
