package import Configuration
package import CrowdModelsProtocol
package import Kernel

/// The daemon's words to whoever runs it: one line each on standard error.
///
/// Never a prompt, a completion or a key: callers give it only what they made themselves.
package final class Log {
    package var level: LogLevel
    package var shape: LogLine.Shape
    /// Hears of each line that is written, for those who subscribed to the log.
    package var listener: ((LogLine) -> Void)?
    /// The last lines, oldest first, for those who subscribe later.
    private var lastLines: [LogLine] = []
    private let output: LogOutput
    private let now: () -> Double

    /// Lines that are kept: a screen of them, at most 20 KiB of usual ones.
    private static let linesKept = 100

    /// - Parameter now: seconds since 1970.
    package init(
        level: LogLevel, shape: LogLine.Shape, output: LogOutput,
        now: @escaping () -> Double = { Double(Clock.wall() / 1_000_000) / 1000 }
    ) {
        self.level = level
        self.shape = shape
        self.output = output
        self.now = now
    }

    package func error(_ message: @autoclosure () -> String) { write(.error, message) }
    package func warning(_ message: @autoclosure () -> String) { write(.warning, message) }
    package func info(_ message: @autoclosure () -> String) { write(.info, message) }
    package func debug(_ message: @autoclosure () -> String) { write(.debug, message) }

    /// A line without a level, such as the one that the daemon greets with.
    package func greet(_ message: String) {
        guard level >= .info else { return }
        emit(LogLine(time: now(), level: .info, message: message), isGreeting: true)
    }

    /// Writes what waits, for the moment before an exit.
    package func flush() {
        output.flush()
    }

    /// Appends the LogLines object of the protocol.
    package func writeLastLines(to out: inout ByteBuffer) {
        out.append("{\"lines\":[")
        for (index, line) in lastLines.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            line.write(to: &out)
        }
        out.append("]}")
    }

    private func write(_ level: LogLevel, _ message: () -> String) {
        guard level <= self.level else { return }
        let line = LogLine(time: now(), level: level, message: message())
        emit(line, isGreeting: false)
        if lastLines.count == Self.linesKept { lastLines.removeFirst() }
        lastLines.append(line)
        listener?(line)
    }

    private func emit(_ line: LogLine, isGreeting: Bool) {
        var text = ByteBuffer()
        line.write(shape, isGreeting: isGreeting, to: &text)
        output.write(line: text.span)
    }
}
