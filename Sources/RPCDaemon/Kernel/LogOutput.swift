import CLinux
import CrowdModelsProtocol

/// Where the log goes, standard error: lines gather during a turn and go out in one write.
package final class LogOutput: TurnWork {
    private let loop: EventLoop?
    private let descriptor: Int32
    private var lines = ByteBuffer()
    private var isScheduled = false

    /// Lines wait for the end of the loop's turn; without a loop they are written at once.
    package init(on loop: EventLoop?, descriptor: Int32 = 2) {
        self.loop = loop
        self.descriptor = descriptor
    }

    /// Appends one line, its newline added.
    package func write(line: Span<UInt8>) {
        lines.append(line)
        lines.append(UInt8(ascii: "\n"))
        guard let loop else { return flush() }
        if !isScheduled {
            isScheduled = true
            loop.atEndOfTurn(self)
        }
    }

    /// Writes `bytes` as they are, at once, after what waits.
    package func write(_ bytes: Span<UInt8>) {
        lines.append(bytes)
        flush()
    }

    package func endOfTurn() {
        isScheduled = false
        flush()
    }

    /// Writes what waits. A log that cannot be written is lost; there is nowhere to say so. With a
    /// loop that holds for one that nobody reads, too: clients come before the log.
    package func flush() {
        while !lines.isEmpty {
            let written = send(lines.span)
            if written <= 0 { break }
            lines.consume(written)
        }
        lines.removeAll(keeping: 16_384)
    }

    private func send(_ bytes: Span<UInt8>) -> Int {
        unsafe bytes.withUnsafeBufferPointer {
            loop == nil
                ? unsafe clinux_send(descriptor, $0.baseAddress, $0.count)
                : unsafe clinux_send_now(descriptor, $0.baseAddress, $0.count)
        }
    }
}
