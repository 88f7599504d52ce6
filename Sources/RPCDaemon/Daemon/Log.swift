import Configuration
import CrowdModelsProtocol
import Kernel

/// The daemon's words to whoever runs it: one line each on standard error.
///
/// Never a prompt, a completion or a key: callers give it only what they made themselves.
final class Log {
    /// The shape of a line.
    enum Shape: Sendable {
        /// `INFO: message`, as the guide prints it.
        case plain
        /// `<6>message`: journald takes the priority off (sd-daemon(3)).
        case journal
        /// `{"time":…,"level":"info","message":"…"}`; time in seconds since 1970.
        case json
    }

    var level: LogLevel
    var shape: Shape
    /// Hears of each line that is written, for those who subscribed to the log.
    var listener: ((Line) -> Void)?
    /// The last lines, oldest first, for those who subscribe later.
    private var lastLines: [Line] = []
    private let output: LogOutput

    /// Lines that are kept: a screen of them, at most 20 KiB of usual ones.
    private static let linesKept = 100

    /// One line as subscribers get it.
    struct Line {
        /// Seconds since 1970.
        let time: Double
        let level: LogLevel
        let message: String

        /// Appends the LogLine object of the protocol.
        func write(to out: inout ByteBuffer) {
            out.append("{\"time\":")
            out.append(number: time)
            out.append(",\"level\":")
            out.append(string: level.rawValue)
            out.append(",\"message\":")
            out.append(string: message)
            out.append("}")
        }
    }

    init(level: LogLevel, shape: Shape, output: LogOutput) {
        self.level = level
        self.shape = shape
        self.output = output
    }

    func error(_ message: @autoclosure () -> String) { write(.error, message) }
    func warning(_ message: @autoclosure () -> String) { write(.warning, message) }
    func info(_ message: @autoclosure () -> String) { write(.info, message) }
    func debug(_ message: @autoclosure () -> String) { write(.debug, message) }

    /// A line without a level, such as the one that the daemon greets with.
    func greet(_ message: String) {
        if level >= .info { write(.info, message, prefix: "") }
    }

    /// Writes what waits, for the moment before an exit.
    func flush() {
        output.flush()
    }

    private func write(_ level: LogLevel, _ message: () -> String) {
        guard level <= self.level else { return }
        let message = message()
        write(level, message, prefix: Self.word(for: level) + ": ")
        let line = Line(time: Self.now, level: level, message: message)
        if lastLines.count == Self.linesKept { lastLines.removeFirst() }
        lastLines.append(line)
        listener?(line)
    }

    /// Appends the LogLines object of the protocol.
    func writeLastLines(to out: inout ByteBuffer) {
        out.append("{\"lines\":[")
        for (index, line) in lastLines.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            line.write(to: &out)
        }
        out.append("]}")
    }

    private static var now: Double { Double(Clock.wall() / 1_000_000) / 1000 }

    private func write(_ level: LogLevel, _ message: String, prefix: String) {
        var line = ByteBuffer()
        switch shape {
        case .plain:
            line.append(utf8: prefix)
            line.append(utf8: Self.oneLine(message))
        case .journal:
            line.append(UInt8(ascii: "<"))
            line.append(decimal: Self.priority(of: level))
            line.append(UInt8(ascii: ">"))
            line.append(utf8: Self.oneLine(message))
        case .json:
            Line(time: Self.now, level: level, message: message).write(to: &line)
        }
        output.write(line: line.span)
    }

    /// A server's words may hold line ends and other controls; a log line may not.
    private static func oneLine(_ message: String) -> String {
        guard message.utf8.contains(where: { $0 < 32 || $0 == 127 }) else { return message }
        return String(
            String.UnicodeScalarView(
                message.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }

    private static func word(for level: LogLevel) -> String {
        switch level {
        case .error: "ERROR"
        case .warning: "WARN"
        case .info: "INFO"
        case .debug: "DEBUG"
        }
    }

    private static func priority(of level: LogLevel) -> Int {
        switch level {
        case .error: 3
        case .warning: 4
        case .info: 6
        case .debug: 7
        }
    }
}
