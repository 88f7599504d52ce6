import CrowdModelsProtocol

/// The head of a connection's last answer, by which the next one is known: servers say the same of
/// all their answers but for a date, a length and a name of the answer's own, and comparing lines
/// costs a fifth of reading them.
///
/// It belongs to one connection's parser and holds a copy of the bytes, at most
/// `HTTPLimits.templateBytesMax`. What it does not know for certain, it leaves to be read.
struct HeadTemplate: Sendable {
    private var bytes: [UInt8] = []
    private var lines: [Line] = []
    /// Where the digits of the body's length stand in them.
    private var digits = 0..<0
    /// The head that they are, not settled yet.
    private(set) var head = HTTPResponseHead()

    /// A line of it, its end included, and what of it may be another in the next head; or some that
    /// may not.
    private struct Line {
        var range: Range<Int>
        var differs: Difference
    }

    private enum Difference: Equatable {
        /// Nothing: it is a status, or a field that is heeded.
        case nowhere
        /// What follows this offset, whatever it says: the field is not heeded.
        case after(Int)
        /// The digits that follow this offset: the body's length.
        case length(after: Int)
    }

    /// How many bytes at the front of `input` are that head again, and the length of the body that
    /// is told in them; nil where only reading tells.
    func match(_ input: Span<UInt8>) -> (count: Int, length: Int?)? {
        if lines.isEmpty { return nil }
        if let known = matchButLength(input) { return known }
        var length = head.contentLength
        var at = 0
        let known = bytes.span
        for line in lines {
            let count = line.range.count
            if input.holds(known.extracting(line.range), at: at) {
                at &+= count
                continue
            }
            let same: Int
            switch line.differs {
            case .nowhere: return nil
            case .after(let offset), .length(after: let offset): same = offset
            }
            guard input.holds(known.extracting(line.range.prefix(same)), at: at) else {
                return nil
            }
            let value = at &+ same
            guard let end = Self.lineEnd(of: input, from: value) else { return nil }
            if case .length = line.differs {
                guard let told = input.decimal(in: input.trimmed(value..<end.content), max: .max),
                    told < .max
                else { return nil }
                length = told
            }
            at = end.next
        }
        if at > HTTPLimits.headBytesMax { return nil }
        return (at, length)
    }

    /// The same where nothing differs but the digits of the length; nil for any other head.
    private func matchButLength(_ input: Span<UInt8>) -> (count: Int, length: Int?)? {
        let known = bytes.span
        guard !digits.isEmpty, input.holds(known.extracting(..<digits.lowerBound), at: 0) else {
            return nil
        }
        var at = digits.lowerBound
        var length = 0
        while at < input.count, input[at] &- 48 < 10 {
            length = length &* 10 &+ Int(input[at] &- 48)
            at &+= 1
        }
        let rest = known.extracting(digits.upperBound...)
        // So many digits cannot overflow.
        guard (1...18).contains(at &- digits.lowerBound), input.holds(rest, at: at) else {
            return nil
        }
        at &+= rest.count
        return at > HTTPLimits.headBytesMax ? nil : (at, length)
    }

    /// Keeps the head that these bytes are, not settled yet, instead of the last one.
    mutating func learn(_ input: Span<UInt8>, _ head: HTTPResponseHead) {
        lines.removeAll(keepingCapacity: true)
        bytes = []
        digits = 0..<0
        guard input.count <= HTTPLimits.templateBytesMax else { return }
        var found: [Line] = []
        var length = 0..<0
        var at = 0
        while let end = Self.lineEnd(of: input, from: at) {
            let name = at..<input.endOfToken(in: at..<end.content)
            // A line that goes on with the one before, and what is written against the rules.
            guard at == 0 || !name.isEmpty || end.content == at else { return }
            var line = Line(range: at..<end.next, differs: .nowhere)
            if at > 0, name.upperBound < end.content, input[name.upperBound] == UInt8(ascii: ":") {
                let value = name.count + 1
                switch HTTPResponseHead.field(name, of: input) {
                case .other: line.differs = .after(value)
                case .contentLength:
                    // A length that is said twice has to be the same.
                    if !length.isEmpty { return }
                    length = input.trimmed(at &+ value..<end.content)
                    line.differs = .length(after: value)
                default: break
                }
            }
            if line.differs == .nowhere, found.last?.differs == .nowhere {
                found[found.count - 1].range = found[found.count - 1].range.lowerBound..<end.next
            } else {
                found.append(line)
            }
            at = end.next
        }
        lines = found
        digits = length
        bytes = ByteBuffer(input).bytes
        self.head = head
    }

    /// Where the line that goes on at `start` ends, and the next one begins; nil where it does not
    /// end, or holds what no line may.
    private static func lineEnd(
        of input: Span<UInt8>, from start: Int
    ) -> (content: Int, next: Int)? {
        var at = start
        guard let next = try? HTTPResponseParser.passLine(of: input, &at, to: input.count) else {
            return nil
        }
        return (at, next)
    }
}
