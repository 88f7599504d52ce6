/// A growable queue of bytes: written at its end, read from its front, kept in one allocation.
///
/// It owns its memory and frees it when it goes. An empty buffer owns none, so that a thousand idle
/// connections cost nothing. A slice handed out (`span`) lives no longer than the next change.
@safe
public struct ByteBuffer: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    /// First byte not yet consumed.
    @usableFromInline var start = 0
    /// One past the last byte written.
    @usableFromInline var end = 0
    @usableFromInline var capacity: Int

    /// An empty buffer with room for `capacity` bytes; none is allocated for 0.
    public init(capacity: Int = 0) {
        precondition(capacity >= 0)
        unsafe base = Self.memory(capacity)
        self.capacity = capacity
    }

    /// A buffer that holds a copy of `bytes`.
    public init(_ bytes: Span<UInt8>) {
        self.init(capacity: bytes.count)
        append(bytes)
    }

    deinit {
        free()
    }

    /// Memory for `capacity` bytes; an empty buffer points at nothing that is ever read.
    private static func memory(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        unsafe capacity > 0
            ? .allocate(capacity: capacity) : UnsafeMutablePointer(bitPattern: 1)!
    }

    private func free() {
        if capacity > 0 { unsafe base.deallocate() }
    }

    /// How many bytes wait to be read.
    @inlinable public var count: Int { end &- start }
    /// Whether no byte waits to be read.
    @inlinable public var isEmpty: Bool { end == start }

    /// Bytes of memory that it owns, with what the allocator adds: a page to a large block, a word
    /// or two to others.
    @inlinable public var allocated: Int {
        capacity == 0 ? 0 : capacity &+ (capacity < 65_536 ? 16 : 4096)
    }

    /// Bytes that can be written after the last one without growing.
    @inlinable public var room: Int { capacity &- end }

    /// The bytes that wait to be read, in place.
    @inlinable public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let bytes = unsafe Span(_unsafeStart: UnsafePointer(base + start), count: end &- start)
            return unsafe _overrideLifetime(bytes, borrowing: self)
        }
    }

    /// A copy of the bytes that wait to be read.
    public var bytes: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: base + start, count: count))
    }

    /// The bytes that wait to be read, as text; invalid UTF-8 is repaired.
    public var text: String {
        unsafe String(
            decoding: UnsafeBufferPointer(start: base + start, count: count), as: UTF8.self)
    }

    /// Makes room for `count` more bytes after the last one.
    @inlinable public mutating func reserve(_ count: Int) {
        if capacity &- end < count { grow(by: count) }
    }

    @usableFromInline mutating func grow(by count: Int) {
        let used = self.count
        if start > 0, capacity - used >= count, used <= capacity / 2 {
            unsafe base.update(from: base + start, count: used)
        } else {
            // Doubled while it is small; a large one and its copy are held at once.
            let more = capacity < Self.largeBytes ? capacity : capacity / 2
            let wanted = max(used + count, capacity + more, 256)
            let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
            unsafe fresh.update(from: base + start, count: used)
            free()
            unsafe base = fresh
            capacity = wanted
        }
        start = 0
        end = used
    }

    /// From this size on a buffer grows by half.
    private static let largeBytes = 1 << 20

    /// Appends one byte.
    @inlinable public mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base[end] = byte
        end &+= 1
    }

    /// Appends a copy of `bytes`.
    @inlinable public mutating func append(_ bytes: Span<UInt8>) {
        let count = bytes.count
        if count == 0 { return }
        reserve(count)
        unsafe bytes.withUnsafeBufferPointer { source in
            unsafe (base + end).update(from: source.baseAddress!, count: count)
        }
        end &+= count
    }

    /// Appends a copy of `bytes` without the first `start` of them.
    @inlinable public mutating func append(_ bytes: Span<UInt8>, from start: Int) {
        append(bytes.extracting(start...))
    }

    /// Appends the bytes of a literal.
    @inlinable @inline(__always)
    public mutating func append(_ literal: StaticString) {
        let count = literal.utf8CodeUnitCount
        reserve(count)
        unsafe (base + end).update(from: literal.utf8Start, count: count)
        end &+= count
    }

    /// Appends the UTF-8 of `text` as it is, without quotes or escapes.
    public mutating func append(utf8 text: String) {
        var text = text
        text.withUTF8 { source in
            guard let first = source.baseAddress else { return }
            reserve(source.count)
            unsafe (base + end).update(from: first, count: source.count)
            end &+= source.count
        }
    }

    /// Appends `value` in decimal.
    public mutating func append(decimal value: Int) {
        if value >= 0 && value < 10 {
            append(UInt8(truncatingIfNeeded: 48 &+ value))
            return
        }
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var digits = 1
        var bound: UInt = 10
        while digits < 20, rest >= bound {
            digits &+= 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        reserve(digits)
        var at = end &+ digits
        end = at
        repeat {
            at &-= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            unsafe base[at] = UInt8(truncatingIfNeeded: 48 &+ digit)
            rest = quotient
        } while rest > 0
    }

    /// Drops the first `count` bytes that wait.
    @inlinable public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= self.count)
        start &+= count
        if start == end {
            start = 0
            end = 0
        }
    }

    /// Drops everything after the first `count` bytes that wait: an answer taken back.
    @inlinable public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        end = start &+ count
    }

    /// Drops all bytes, and the memory too where it is larger than `keeping`.
    public mutating func removeAll(keeping: Int = .max) {
        start = 0
        end = 0
        if capacity > keeping {
            free()
            unsafe base = Self.memory(0)
            capacity = 0
        }
    }

    /// Lets `body` write up to `room` bytes after the last one; it answers how many it wrote, or a
    /// negative number for none.
    @inlinable public mutating func write<Failure: Error>(
        room: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        reserve(room)
        let written = try unsafe body(
            UnsafeMutableRawBufferPointer(start: base + end, count: capacity &- end))
        if written > 0 {
            precondition(written <= capacity &- end)
            end &+= written
        }
        return written
    }
}
