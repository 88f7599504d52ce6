/// Validates a text that is a list in slices, and hands out where the members of each of its
/// entries stand.
///
/// A list is an array, or the first array that an object has as the member of one name. Its owner
/// shows it the same text at each step, takes the entries that have ended since the last one, and
/// may do something else between two steps.
public struct ListSurvey: Sendable {
    /// The most members that are noted, of the text's own and of each entry's; the rest is
    /// validated and forgotten. No server that is known lists a tenth as many.
    public static let membersMax = 512

    /// The members of the object around the list that have ended; none of a bare one.
    public var members: [JSONMember] { listener.outer }
    /// Whether the list itself was met.
    public var hasList: Bool { listener.hasList }
    /// Whether the text is an object.
    public private(set) var isObject = false
    private var listener: Listener
    private var scan: JSONScan?
    private var hasEnded = false
    private let depthMax: Int

    /// A survey at the first byte of a text whose list is bare, or the member `name`.
    public init(of name: StaticString, depthMax: Int = 1024) {
        listener = Listener(wanted: name)
        self.depthMax = depthMax
    }

    /// Goes on for `bytes` bytes or a little more; whether that was the text's end.
    public mutating func resume(_ text: Span<UInt8>, bytes: Int) throws(JSONError) -> Bool {
        if hasEnded { return true }
        if scan == nil {
            let start = JSONText.skippingSpace(text)
            isObject = start < text.count && text[start] == UInt8(ascii: "{")
            scan = JSONScan(from: start, depth: 0, depthMax: depthMax)
        }
        guard try scan?.resume(text, bytes: bytes, &listener) == true else { return false }
        let end = scan?.at ?? 0
        let rest = JSONText.skippingSpace(text, from: end)
        if rest < text.count { throw JSONError(.trailingBytes, at: rest) }
        hasEnded = true
        return true
    }

    /// Hands out the members of each entry that has ended since the last time: of one that is a
    /// string, that string as a member without a name, and none of what is neither.
    public mutating func takeEntries(_ take: (ArraySlice<JSONMember>) -> Void) {
        var start = 0
        for end in listener.ends {
            take(listener.members[start..<end])
            start = end
        }
        listener.ends.removeAll(keepingCapacity: true)
        listener.members.removeFirst(start)
        listener.entryStart -= start
    }

    /// Hears of the text as it is scanned.
    private struct Listener: JSONScanListener {
        let wanted: StaticString
        var outer: [JSONMember] = []
        var hasList = false
        /// Those of entries that have ended, one after the other, and of the one that is open.
        var members: [JSONMember] = []
        /// For each entry that has ended, one past its last member.
        var ends: [Int] = []
        /// The first member of the entry that is open.
        var entryStart = 0
        /// The level of the list's entries; 0 outside of it.
        private var entryLevel = 0
        private var isEntryObject = false
        private var outerName = JSONMember.Name()
        private var name = JSONMember.Name()

        init(wanted: StaticString) {
            self.wanted = wanted
        }

        mutating func named(
            _ name: JSONRange, hasEscape: Bool, level: Int, in text: Span<UInt8>
        ) {
            if level == 1 {
                outerName = JSONMember.Name(range: name, hasEscape: hasEscape)
            } else if level == entryLevel &+ 1 {
                self.name = JSONMember.Name(range: name, hasEscape: hasEscape)
            }
        }

        mutating func began(_ kind: JSONKind, level: Int, in text: Span<UInt8>) {
            if level == entryLevel, level > 0 { isEntryObject = kind == .object }
            guard level < 2, kind == .array, !hasList else { return }
            if level == 1 {
                let name = text.extracting(outerName.range.bounds)
                guard
                    JSONText.string(name, hasEscape: outerName.hasEscape, equals: wanted)
                else { return }
            }
            hasList = true
            entryLevel = level &+ 1
        }

        mutating func ended(
            _ value: JSONRange, _ kind: JSONKind, level: Int, in text: Span<UInt8>
        ) {
            if entryLevel > 0, level == entryLevel &+ 1 {
                if isEntryObject, members.count &- entryStart < ListSurvey.membersMax {
                    members.append(name.member(value))
                }
            } else if entryLevel > 0, level == entryLevel {
                if kind == .string { members.append(JSONMember.Name().member(value)) }
                ends.append(members.count)
                entryStart = members.count
            } else if level == 1 {
                entryLevel = 0
                if outer.count < ListSurvey.membersMax { outer.append(outerName.member(value)) }
            }
        }
    }
}

extension JSONMember {
    /// A member's name before its value is known.
    fileprivate struct Name {
        var range = JSONRange.absent
        var hasEscape = false

        func member(_ value: JSONRange) -> JSONMember {
            JSONMember(name: range, nameHasEscape: hasEscape, value: value)
        }
    }
}
