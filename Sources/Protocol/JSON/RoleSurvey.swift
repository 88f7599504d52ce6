/// Finds, in slices, where messages have a certain role.
///
/// Its owner shows it the same text at each step, which is valid, and may do something else between
/// two steps.
package struct RoleSurvey: Sendable {
    /// Where the role stands, quotes included.
    package var found: [JSONRange] { listener.found }
    private var listener: Listener
    private var scan: JSONScan

    /// A survey of the array of messages at `messages`; nil where the role's name stands nowhere in
    /// it, as in most conversations.
    package init?(of role: StaticString, in text: Span<UInt8>, at messages: JSONRange) {
        guard text.extracting(messages.bounds).contains(quoted: role) else { return nil }
        listener = Listener(role: role)
        scan = JSONScan(from: Int(messages.start), depth: 0, depthMax: 1024)
    }

    /// Goes on; whether that was the end.
    package mutating func resume(_ text: Span<UInt8>) -> Bool {
        (try? scan.resume(text, bytes: LineReader.sliceBytes, &listener)) ?? true
    }

    /// Hears of the messages as they are scanned: of the members of each element.
    private struct Listener: JSONScanListener {
        let role: StaticString
        var found: [JSONRange] = []
        private var isRole = false

        init(role: StaticString) { self.role = role }

        mutating func named(
            _ name: JSONRange, hasEscape: Bool, level: Int, in text: Span<UInt8>
        ) {
            guard level == 2 else { return }
            isRole = JSONText.string(
                text.extracting(name.bounds), hasEscape: hasEscape, equals: "role")
        }

        mutating func began(_ kind: JSONKind, level: Int, in text: Span<UInt8>) {}

        mutating func ended(
            _ value: JSONRange, _ kind: JSONKind, level: Int, in text: Span<UInt8>
        ) {
            guard level == 2, isRole else { return }
            isRole = false
            let token = text.extracting(value.bounds)
            if kind == .string, JSONText.string(token, hasEscape: false, equals: role) {
                found.append(value)
            }
        }
    }
}

extension Span<UInt8> {
    /// Whether a word stands there between quotation marks, 32 bytes looked at at once.
    fileprivate func contains(quoted word: StaticString) -> Bool {
        let memory = unsafe bytes
        let length = word.utf8CodeUnitCount &+ 2
        let quotes = SIMD32<UInt8>(repeating: UInt8(ascii: "\""))
        let firsts = unsafe SIMD32<UInt8>(repeating: word.utf8Start[0])
        var at = 0
        while count &- at > 32 {
            let here = unsafe memory.unsafeLoadUnaligned(
                fromUncheckedByteOffset: at, as: SIMD32<UInt8>.self)
            let next = unsafe memory.unsafeLoadUnaligned(
                fromUncheckedByteOffset: at &+ 1, as: SIMD32<UInt8>.self)
            let both = (here .== quotes) .& (next .== firsts)
            let hits = unsafe unsafeBitCast(both, to: SIMD4<UInt64>.self)
            if hits[0] | hits[1] | hits[2] | hits[3] != 0 {
                for start in at..<at &+ 32 where reads(quoted: word, at: start, length) {
                    return true
                }
            }
            at &+= 32
        }
        while at < count {
            if reads(quoted: word, at: at, length) { return true }
            at &+= 1
        }
        return false
    }

    private func reads(quoted word: StaticString, at start: Int, _ length: Int) -> Bool {
        guard self[start] == UInt8(ascii: "\""), count &- start >= length else { return false }
        let token = extracting(start..<start &+ length)
        return token[length &- 1] == UInt8(ascii: "\"")
            && JSONText.string(token, hasEscape: false, equals: word)
    }
}
