package import CrowdModelsProtocol
import Glibc

/// Lines from a connected socket, waited for with a blocking poll.
///
/// It keeps what it has read beyond the line it handed out, and owns no descriptor.
package struct AnswerReader: ~Copyable {
    /// The longest answer that is accepted. A daemon answers with at most its `output_bytes_max`,
    /// 8 MiB by default; this leaves room for one that was configured to say 32 times as much.
    package static let answerBytesMax = 256 * 1024 * 1024
    /// How much to ask of one read; a stream's lines are small, so that it is rarely filled.
    private static let readBytes = 64 * 1024

    /// Why there is no line.
    package enum Ending: Error {
        case closed
        /// A first Ctrl-C.
        case interrupted
        case timedOut
        case tooLong
        /// The line is no message of JSON-RPC.
        case invalid(ShapeError)
        case failed(Int32)
    }

    private let descriptor: Int32
    private var buffer = ByteBuffer()
    private var framer = LineFramer(lineBytesMax: AnswerReader.answerBytesMax)
    private var framed: LineFramer.Frame?
    private var isAtEnd = false

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether the next line is here already, or whatever will come instead of it.
    package mutating func isReady() -> Bool { frame() != .incomplete || isAtEnd }

    /// The next line, without its newline.
    ///
    /// - Parameters:
    ///   - wake: a descriptor that becomes readable on Ctrl-C; negative for none.
    ///   - deadline: when to give up; nil for never.
    package mutating func next(wake: Int32, deadline: MonotonicTime?) throws(Ending) -> ByteBuffer {
        while true {
            let frame = frame()
            framed = nil
            switch frame {
            case .line(let length, let consumed):
                let line = ByteBuffer(buffer.span.extracting(0..<length))
                buffer.consume(consumed)
                return line
            case .tooLong, .skipped: throw .tooLong
            case .incomplete: break
            }
            if isAtEnd { throw .closed }
            try wait(wake, deadline)
            try fill()
        }
    }

    /// What the bytes here begin with; the framer is asked once for each line.
    private mutating func frame() -> LineFramer.Frame {
        if let framed { return framed }
        var framer = framer
        let frame = isAtEnd ? framer.last(buffer.span) : framer.next(buffer.span)
        self.framer = framer
        if frame != .incomplete { framed = frame }
        return frame
    }

    private func wait(_ wake: Int32, _ deadline: MonotonicTime?) throws(Ending) {
        while true {
            var items = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            let timeout = deadline.map { $0.millisecondsFromNow } ?? -1
            let ready = unsafe poll(&items, 2, timeout)
            if ready < 0, errno != EINTR { throw .failed(errno) }
            if ready > 0, items[1].revents != 0 { throw .interrupted }
            if ready > 0 { return }
            if ready == 0 { throw .timedOut }
        }
    }

    private mutating func fill() throws(Ending) {
        let descriptor = descriptor
        let count = unsafe buffer.write(room: Self.readBytes) { room in
            unsafe recv(descriptor, room.baseAddress, room.count, 0)
        }
        if count == 0 { isAtEnd = true }
        if count >= 0 || errno == EINTR { return }
        // A daemon that goes while our line is still unread resets the connection.
        if errno == ECONNRESET { isAtEnd = true } else { throw .failed(errno) }
    }
}
