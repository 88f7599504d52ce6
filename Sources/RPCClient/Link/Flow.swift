import CrowdModelsProtocol
package import Glibc

/// Bytes on their way from one descriptor to another, as they are; it closes neither.
///
/// What was read and does not fit yet is kept, up to `keptMax`; then nothing more is read. Neither
/// descriptor has to be non-blocking: they may belong to others, too.
package struct Flow: ~Copyable {
    /// How much waits for the sink before the source is not read any more.
    private static let keptMax = 256 * 1024
    /// How much of a pipe is sure to be free when it is said to be writable (PIPE_BUF).
    private static let pipeBytes = 4096

    private let source: Int32
    private let sink: Int32
    private let isSourceSocket: Bool
    private let isSinkSocket: Bool
    private var kept = ByteBuffer()
    private var isSourceOpen = true
    /// Whether the sink takes nothing any more: what comes is lost.
    package private(set) var isBroken = false

    package init(from source: Int32, to sink: Int32) {
        self.source = source
        self.sink = sink
        isSourceSocket = Self.isSocket(source)
        isSinkSocket = Self.isSocket(sink)
    }

    /// Whether nothing more will go through it.
    package var isEnded: Bool { isBroken || !isSourceOpen && kept.isEmpty }

    /// What to wait for: the source, and the sink, which is watched even where nothing waits for
    /// it, since whoever does not listen any more is not to be worked for.
    package var awaited: (source: pollfd, sink: pollfd) {
        let reads = !isBroken && isSourceOpen && kept.count < Self.keptMax
        return (
            pollfd(fd: reads ? source : -1, events: Int16(POLLIN), revents: 0),
            pollfd(
                fd: isEnded ? -1 : sink, events: kept.isEmpty ? 0 : Int16(POLLOUT), revents: 0)
        )
    }

    /// Moves what there is to move, after a poll for `awaited` that said this.
    package mutating func move(_ source: pollfd, _ sink: pollfd) {
        if source.revents != 0 { fill() }
        if sink.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 {
            isBroken = true
        } else if sink.revents != 0 {
            drain()
        }
    }

    private mutating func fill() {
        let (source, isSocket) = (source, isSourceSocket)
        let count = unsafe kept.write(room: 64 * 1024) { room in
            isSocket
                ? unsafe recv(source, room.baseAddress, room.count, Int32(MSG_DONTWAIT))
                : unsafe read(source, room.baseAddress, room.count)
        }
        if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { isSourceOpen = false }
    }

    private mutating func drain() {
        let count = unsafe kept.span.withUnsafeBytes { bytes in
            isSinkSocket
                ? unsafe send(
                    sink, bytes.baseAddress, bytes.count,
                    Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
                : unsafe write(sink, bytes.baseAddress, min(bytes.count, Self.pipeBytes))
        }
        if count > 0 { kept.consume(count) }
        if count < 0, errno != EAGAIN, errno != EINTR { isBroken = true }
    }

    private static func isSocket(_ descriptor: Int32) -> Bool {
        var information = stat()
        return unsafe fstat(descriptor, &information) == 0
            && information.st_mode & S_IFMT == S_IFSOCK
    }
}
