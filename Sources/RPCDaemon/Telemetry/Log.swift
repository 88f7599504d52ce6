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
    /// Says the time to the minute where nobody else does; nil where somebody does.
    private var clock: LogClock?

    /// Lines that are kept: a screen of them.
    private static let linesKept = 100

    /// - Parameters:
    ///   - tellsTime: plain lines go where nobody adds the time to them: into a file.
    ///   - now: seconds since 1970.
    package init(
        level: LogLevel, shape: LogLine.Shape, output: LogOutput, tellsTime: Bool = false,
        now: @escaping () -> Double = { Double(Clock.wall() / 1_000_000) / 1000 }
    ) {
        self.level = level
        self.shape = shape
        self.output = output
        self.now = now
        clock = tellsTime ? LogClock() : nil
    }

    package func error(_ message: @autoclosure () -> String) { write(.error, message) }
    package func warning(_ message: @autoclosure () -> String) { write(.warning, message) }
    package func info(_ message: @autoclosure () -> String) { write(.info, message) }

    package func debug(_ message: @autoclosure () -> String) { write(.debug, message) }

    /// What only `--log-level debug` tells; made only then.
    package func debug(_ event: @autoclosure () -> DebugEvent) {
        if level >= .debug { tell(event()) }
    }

    /// Writes what happened, if its level is asked for.
    package func tell(_ event: some LogEvent) {
        guard event.level <= level else { return }
        let line = LogLine(event, time: now())
        emit(line)
        if shape != .json {
            var details = ByteBuffer()
            event.write(details: &details)
            if !details.isEmpty {
                emit(LogLine(time: line.time, level: .info, message: details.text))
            }
        }
        keep(line)
    }

    /// A line without a level, such as the one that the daemon greets with.
    package func greet(_ message: String) {
        guard level >= .info else { return }
        var text = ByteBuffer()
        LogLine(time: now(), level: .info, message: message)
            .write(shape, isGreeting: true, to: &text)
        output.write(line: text.span)
    }

    /// Writes what waits, for the moment before an exit.
    package func flush() {
        output.flush()
    }

    /// Appends the LogLines object of the protocol.
    package func writeLastLines(to out: inout ByteBuffer) {
        LogLines.write(to: &out) { array, out in
            for line in lastLines {
                array.next(&out)
                line.write(to: &out)
            }
        }
    }

    private func write(_ level: LogLevel, _ message: () -> String) {
        guard level <= self.level else { return }
        let line = LogLine(time: now(), level: level, message: message())
        emit(line)
        keep(line)
    }

    private func emit(_ line: LogLine) {
        var text = ByteBuffer()
        if shape == .plain, clock?.ticks(at: line.time) == true {
            clock?.write(to: &text)
            output.write(line: text.span)
            text.removeAll()
        }
        line.write(shape, to: &text)
        output.write(line: text.span)
    }

    private func keep(_ line: LogLine) {
        if lastLines.count == Self.linesKept { lastLines.removeFirst() }
        lastLines.append(line)
        listener?(line)
    }
}
