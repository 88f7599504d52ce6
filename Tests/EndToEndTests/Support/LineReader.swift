import Glibc

/// Reads a descriptor line by line and gives up at a deadline; the descriptor stays its owner's.
struct LineReader {
    /// What was waited for did not come in time.
    struct TooLate: Error, CustomStringConvertible {
        let got: String
        var description: String { "nothing came in time; after \(got.debugDescription)" }
    }

    let descriptor: Int32
    private var pending: [UInt8] = []
    /// How many of the pending bytes are known to hold no newline.
    private var searched = 0
    private(set) var isAtEnd = false

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The next line without its newline, or what is left at the end; nil after that.
    mutating func next(until deadline: Deadline = Deadline()) throws(TooLate) -> String? {
        while true {
            if let end = newline() { return take(end, dropping: 1) }
            if isAtEnd { return pending.isEmpty ? nil : take(pending.count, dropping: 0) }
            guard fill(deadline) else { throw TooLate(got: text.suffix(500).description) }
        }
    }

    /// The next line if one is there or comes within the time; nil at the end too.
    mutating func nextIfAny(within seconds: Double) -> String? {
        do throws(TooLate) {
            return try next(until: Deadline(seconds: seconds))
        } catch {
            return nil
        }
    }

    /// All that comes until the end.
    mutating func toEnd(until deadline: Deadline = Deadline()) throws(TooLate) -> String {
        while !isAtEnd {
            guard fill(deadline) else { throw TooLate(got: text.suffix(500).description) }
        }
        return take(pending.count, dropping: 0)
    }

    private var text: String { String(decoding: pending, as: UTF8.self) }

    private mutating func newline() -> Int? {
        let found = pending.withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress, searched < bytes.count,
                let at = memchr(base + searched, 10, bytes.count - searched)
            else { return nil }
            return UnsafeRawPointer(at) - base
        }
        searched = pending.count
        return found
    }

    private mutating func take(_ count: Int, dropping: Int) -> String {
        let line = String(decoding: pending[..<count], as: UTF8.self)
        pending.removeFirst(count + dropping)
        searched = 0
        return line
    }

    /// Reads once; false when nothing came in time.
    private mutating func fill(_ deadline: Deadline) -> Bool {
        var interest = pollfd(descriptor: descriptor)
        while true {
            let ready = poll(&interest, 1, deadline.milliseconds)
            if ready > 0 { break }
            if ready == 0 || errno != EINTR { return false }
        }
        var count = 0
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { space in
            repeat {
                count = read(descriptor, space.baseAddress!, space.count)
            } while count < 0 && errno == EINTR
            if count > 0 { pending.append(contentsOf: space[..<count]) }
        }
        if count <= 0 { isAtEnd = true }
        return true
    }
}

extension pollfd {
    init(descriptor: Int32) {
        self.init(fd: descriptor, events: Int16(POLLIN), revents: 0)
    }
}
