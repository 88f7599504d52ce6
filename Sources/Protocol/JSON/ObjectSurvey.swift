/// Validates a text that is one JSON object, in slices, and notes where the object's own members
/// stand.
///
/// Its owner shows it the same text at each step, and may do something else between two steps.
public struct ObjectSurvey: Sendable {
    /// The most members that are noted; the rest is validated and forgotten. No API that is spoken
    /// here knows a tenth as many.
    public static let membersMax = 512

    /// Those found so far.
    public var members: [JSONMember] { listener.members }
    private var listener = Listener()
    private var scan: JSONScan?
    private let depthMax: Int

    /// A survey at the text's first byte.
    public init(depthMax: Int) {
        self.depthMax = depthMax
    }

    /// Goes on with `text`; whether that was its end. A text of at most `LineReader.wholeBytes`
    /// takes one step.
    public mutating func resume(_ text: Span<UInt8>) throws(JSONError) -> Bool {
        let start = JSONText.skippingSpace(text)
        guard text.count > LineReader.wholeBytes, start < text.count,
            text[start] == UInt8(ascii: "{")
        else {
            try readWhole(text, from: start)
            return true
        }
        var scan = scan ?? JSONScan(from: start, depth: 0, depthMax: depthMax)
        let hasEnded = try scan.resume(text, bytes: LineReader.sliceBytes, &listener)
        self.scan = scan
        if hasEnded { try checkRest(of: text, from: scan.at) }
        return hasEnded
    }

    private mutating func readWhole(_ text: Span<UInt8>, from start: Int) throws(JSONError) {
        // As many as most requests have.
        listener.members.reserveCapacity(12)
        var reader = JSONMemberReader(from: start, depthMax: depthMax)
        while let member = try reader.next(in: text) {
            if members.count < Self.membersMax { listener.members.append(member) }
        }
        try checkRest(of: text, from: reader.at)
    }

    private func checkRest(of text: Span<UInt8>, from end: Int) throws(JSONError) {
        let rest = JSONText.skippingSpace(text, from: end)
        if rest < text.count { throw JSONError(.trailingBytes, at: rest) }
    }

    /// Hears of the object as it is scanned.
    private struct Listener: JSONScanListener {
        var members: [JSONMember] = []
        private var name = JSONRange.absent
        private var nameHasEscape = false

        mutating func named(
            _ name: JSONRange, hasEscape: Bool, level: Int, in text: Span<UInt8>
        ) {
            guard level == 1 else { return }
            self.name = name
            nameHasEscape = hasEscape
        }

        mutating func began(_ kind: JSONKind, level: Int, in text: Span<UInt8>) {}

        mutating func ended(
            _ value: JSONRange, _ kind: JSONKind, level: Int, in text: Span<UInt8>
        ) {
            guard level == 1, members.count < ObjectSurvey.membersMax else { return }
            members.append(JSONMember(name: name, nameHasEscape: nameHasEscape, value: value))
        }
    }
}
