import CrowdModelsProtocol
import Glibc
import Link
import Screen

/// Standard output: what is appended waits here until `flush` writes it, in as few calls as the
/// system allows.
final class Output {
    let isTerminal: Bool
    /// What lines have to fit; of a window that is dragged, what it is now.
    var layout: Layout { Layout(descriptor: Self.descriptor) }
    private var buffer = ByteBuffer()
    /// Whether the line that was appended last is not ended.
    private(set) var isLineOpen = false

    private static let descriptor = STDOUT_FILENO

    init() {
        isTerminal = isatty(Self.descriptor) == 1
    }

    /// Appends text as it is.
    func append(_ text: String) {
        buffer.append(utf8: text)
        if let last = text.utf8.last { isLineOpen = last != UInt8(ascii: "\n") }
    }

    /// Appends text of a model or a server: exactly where a program reads it, and without control
    /// characters but newline and tab where a terminal does.
    func append(foreign text: String) {
        append(isTerminal ? Printable.escapingControls(text) : text)
    }

    /// Appends one line.
    func appendLine(_ line: String) {
        append(line)
        append("\n")
    }

    /// Appends lines.
    func append(lines: [String]) {
        for line in lines { appendLine(line) }
    }

    /// Appends a JSON value as a line.
    func appendLine(json value: JSONValue) {
        var text = ByteBuffer()
        value.write(to: &text)
        buffer.append(harmless: text.span)
        append("\n")
    }

    /// Writes what waits.
    ///
    /// A reader that has gone ends the program as it ends any other, by SIGPIPE. After an interrupt
    /// the rest is dropped: whoever pressed Ctrl-C wants no more of it.
    func flush() throws(Failure) {
        defer { OpenLines.isOutputOpen = isLineOpen }
        while !buffer.isEmpty {
            let written = Self.write(buffer.span)
            if written >= 0 {
                buffer.consume(written)
                continue
            }
            switch errno {
            case EINTR where Interruption.isRequested: buffer.removeAll()
            case EINTR: continue
            case EAGAIN: Self.waitForRoom()
            case EPIPE: Interruption.endByBrokenPipe()
            case let error:
                buffer.removeAll()
                throw Failure(
                    .cannotCreate,
                    "cannot write to standard output: \(SystemError.text(error))")
            }
        }
    }

    private static func write(_ bytes: Span<UInt8>) -> Int {
        unsafe bytes.withUnsafeBytes {
            unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
        }
    }

    /// Someone else who shares the pipe or terminal may have made it non-blocking.
    private static func waitForRoom() {
        var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&item, 1, -1)
    }
}
