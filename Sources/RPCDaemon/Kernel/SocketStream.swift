import CLinux
import CrowdModelsProtocol

/// A connected socket on the loop: the one routine that reads, writes, and says what to watch for.
///
/// It belongs to its handler, which the loop keeps alive until `close`. What came and was not taken
/// is kept and shown again, in front of what comes next; a stream whose bytes are all taken owns no
/// memory.
package final class SocketStream {
    private let loop: EventLoop
    private let number: Int32
    private var descriptor: FileDescriptor?
    /// What came and was not taken.
    private var input = ByteBuffer()
    /// Bytes that the loop's account of memory counts for it.
    private var held = 0
    private var interest: ReadyEvents
    private unowned let handler: any EventHandler
    private var isWatched = true

    /// A stream of which `handler` hears `events`; `unread` came already and was not taken.
    package init(
        _ descriptor: consuming FileDescriptor, unread: Span<UInt8> = Span(), on loop: EventLoop,
        for events: ReadyEvents, _ handler: any EventHandler
    ) throws(Errno) {
        self.loop = loop
        input.append(unread)
        self.handler = handler
        interest = events
        number = descriptor.number
        self.descriptor = consume descriptor
        try loop.watch(number, for: events, isStream: true, handler)
    }

    /// Whether it was not closed by this side.
    package var isOpen: Bool { descriptor != nil }

    /// How many bytes came and were not taken.
    package var unread: Int { input.count }

    /// Bytes of memory that hold them.
    package var allocated: Int { input.allocated }

    /// What was written and the other side has not read yet, in the kernel's own measure.
    package var unsent: Int { descriptor?.unread() ?? 0 }

    /// Tells the other side that nothing more will be written.
    package func endOutput() {
        if isOpen { clinux_end_output(number) }
    }

    /// Reads once and shows `take` what is unread; it answers how many bytes are done with, and may
    /// close the stream. The second argument says that the other side will send no more. Throws
    /// `.wouldBlock` if nothing came, not even an end.
    package func read(_ take: (Span<UInt8>, Bool) -> Int) throws(Errno) {
        guard isOpen else { throw .wouldBlock }
        defer { count() }
        if input.isEmpty {
            try loop.read(number) { bytes in
                let used = take(bytes, bytes.isEmpty)
                if isOpen, used < bytes.count { input.append(bytes, from: used) }
            }
            return
        }
        // Taken out for the while: what `take` does may close this stream.
        var bytes = ByteBuffer()
        swap(&bytes, &input)
        defer { if isOpen { swap(&bytes, &input) } }
        // What is long is read in long pieces, a short rest in short ones.
        let room = max(EventLoop.scratchBytes, min(bytes.count, Self.roomMax))
        let count = unsafe try bytes.write(room: room) { (room) throws(Errno) -> Int in
            unsafe try descriptor!.read(into: room)
        }
        bytes.consume(take(bytes.span, count == 0))
        if bytes.isEmpty { bytes.removeAll(keeping: 0) }
    }

    /// The most that is read at once.
    private static let roomMax = 1 << 20

    /// Shows `take` what is unread, without reading.
    package func takeAgain(_ take: (Span<UInt8>) -> Int) {
        defer { count() }
        var bytes = ByteBuffer()
        swap(&bytes, &input)
        defer { if isOpen { swap(&bytes, &input) } }
        bytes.consume(take(bytes.span))
        if bytes.isEmpty { bytes.removeAll(keeping: 0) }
    }

    /// Keeps the account of memory true.
    private func count() {
        if input.allocated != held { loop.memory.change(&held, to: input.allocated) }
    }

    /// Writes as much of `bytes` without the first `start` of them as fits now; throws
    /// `.wouldBlock` if nothing does.
    package func write(_ bytes: Span<UInt8>, from start: Int = 0) throws(Errno) -> Int {
        guard isOpen else { throw .wouldBlock }
        return try descriptor!.write(bytes.extracting(start...))
    }

    /// Writes as much of `first` and then `second` as fits now, in one call of the system.
    package func write(_ first: Span<UInt8>, _ second: Span<UInt8>) throws(Errno) -> Int {
        guard isOpen else { throw .wouldBlock }
        return try descriptor!.write(first, second)
    }

    /// Changes what its handler hears of.
    package func watch(_ events: ReadyEvents) {
        guard isOpen, events.rawValue != interest.rawValue else { return }
        interest = events
        if isWatched { loop.change(number, to: events) }
    }

    /// Tells its handler of nothing at all, not even of an end, which is told for ever otherwise.
    package func ignore() {
        guard isOpen, isWatched else { return }
        isWatched = false
        loop.forget(number)
    }

    /// Tells its handler again, after `ignore`. Throws if the kernel has no memory for it.
    package func heed() throws(Errno) {
        guard isOpen, !isWatched else { return }
        try loop.watch(number, for: interest, isStream: true, handler)
        isWatched = true
    }

    /// Closes it, for good; what was not taken is gone.
    package func close() {
        guard isOpen else { return }
        if isWatched { loop.forget(number) }
        descriptor = nil
        input.removeAll(keeping: 0)
        count()
    }
}
