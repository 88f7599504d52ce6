/// Cuts a stream of bytes into lines, wherever the reads have cut it before.
///
/// It owns no bytes: it is shown the unread ones at each step and says what they begin with. A line
/// longer than the maximum is told once, as soon as it is known, and then skipped up to its newline
/// without anybody having to keep it.
public struct LineFramer: Sendable {
    /// What the unread bytes begin with. `consumed` bytes are done with, newline included.
    public enum Frame: Equatable, Sendable {
        /// A whole line of `length` bytes, its newline not counted.
        case line(length: Int, consumed: Int)
        /// A line that is longer than the maximum; what follows of it is skipped.
        case tooLong(consumed: Int)
        /// The rest of a line that was too long.
        case skipped(consumed: Int)
        /// No whole line yet.
        case incomplete
    }

    /// The longest line in bytes, its newline not counted.
    public var lineBytesMax: Int
    /// How many of the unread bytes are known to hold no newline, so that none is looked at twice.
    private var scanned = 0
    private var isSkipping = false

    /// A framer at the start of a line.
    public init(lineBytesMax: Int) {
        self.lineBytesMax = lineBytesMax
    }

    /// What `unread`, all bytes not consumed so far, begins with.
    public mutating func next(_ unread: Span<UInt8>) -> Frame {
        guard let newline = Self.firstNewline(in: unread, from: scanned) else {
            if isSkipping {
                return unread.isEmpty ? .incomplete : .skipped(consumed: unread.count)
            }
            if unread.count > lineBytesMax {
                isSkipping = true
                scanned = 0
                return .tooLong(consumed: unread.count)
            }
            scanned = unread.count
            return .incomplete
        }
        scanned = 0
        if isSkipping {
            isSkipping = false
            return .skipped(consumed: newline + 1)
        }
        return newline > lineBytesMax
            ? .tooLong(consumed: newline + 1) : .line(length: newline, consumed: newline + 1)
    }

    /// What `unread` begins with when nothing will follow it: the last line may lack its newline.
    public mutating func last(_ unread: Span<UInt8>) -> Frame {
        let frame = next(unread)
        guard frame == .incomplete, !unread.isEmpty else { return frame }
        scanned = 0
        return .line(length: unread.count, consumed: unread.count)
    }

    /// Passes over the line that `unread` begins with, whatever has come of it; how many bytes are
    /// done with, newline included.
    public mutating func skip(_ unread: Span<UInt8>) -> Int {
        scanned = 0
        if let newline = Self.firstNewline(in: unread, from: 0) {
            isSkipping = false
            return newline + 1
        }
        isSkipping = isSkipping || !unread.isEmpty
        return unread.count
    }

    /// Offset of the first newline at or after `start`, looking at 32 bytes at a time.
    @inline(__always)
    static func firstNewline(in bytes: Span<UInt8>, from start: Int) -> Int? {
        let raw = unsafe bytes.bytes
        var at = start
        let end = raw.byteCount
        while end &- at >= ByteBlock.count, unsafe !ByteBlock(raw, at: at).has("\n") {
            at &+= ByteBlock.count
        }
        let ones: UInt64 = 0x0101_0101_0101_0101
        while end &- at >= 8 {
            let word = unsafe UInt64(
                littleEndian: raw.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: at, as: UInt64.self))
            let newlines = word ^ (ones &* 0x0A)
            let found = (newlines &- ones) & ~newlines & 0x8080_8080_8080_8080
            if found != 0 { return at &+ found.trailingZeroBitCount >> 3 }
            at &+= 8
        }
        while at < end {
            if bytes[at] == 0x0A { return at }
            at &+= 1
        }
        return nil
    }
}
