import CrowdModelsProtocol

/// The members of an object, looked up by name. Most names that are asked for are none of them:
/// that is seen at a glance.
struct Members {
    private let all: [JSONMember]
    /// A bit for each length and first letter that a name has.
    private var marks: UInt64 = 0

    /// Members of the object in `text`.
    init(_ all: [JSONMember], in text: Span<UInt8>) {
        self.all = all
        for member in all {
            let start = Int(member.name.start)
            marks |=
                member.nameHasEscape
                ? .max : Self.mark(length: member.name.count &- 2, first: text[start &+ 1])
        }
    }

    @inline(__always)
    private static func mark(length: Int, first: UInt8) -> UInt64 {
        1 &<< (UInt64(first) &* 7 &+ UInt64(truncatingIfNeeded: length))
    }

    /// The value of the last one of that name; nil where there is none, or null.
    @inline(__always)
    func last(named name: StaticString, in text: Span<UInt8>) -> JSONRange? {
        let mark = unsafe Self.mark(length: name.utf8CodeUnitCount, first: name.utf8Start[0])
        return marks & mark == 0 ? nil : find(name, in: text)
    }

    private func find(_ name: StaticString, in text: Span<UInt8>) -> JSONRange? {
        let length = name.utf8CodeUnitCount &+ 2
        var index = all.count
        while index > 0 {
            index &-= 1
            let member = all[index]
            guard member.nameHasEscape || member.name.count == length,
                JSONText.string(
                    text.extracting(member.name.bounds), hasEscape: member.nameHasEscape,
                    equals: name)
            else { continue }
            return text[Int(member.value.start)] == UInt8(ascii: "n") ? nil : member.value
        }
        return nil
    }
}
