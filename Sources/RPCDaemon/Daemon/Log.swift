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
    var listener: ((LogLevel, String) -> Void)?
    private let output: StandardError

    init(level: LogLevel, shape: Shape, output: StandardError) {
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
        listener?(level, message)
    }

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
            line.append("{\"time\":")
            line.append(number: Double(Clock.wall() / 1_000_000) / 1000)
            line.append(",\"level\":")
            line.append(string: level.rawValue)
            line.append(",\"message\":")
            line.append(string: message)
            line.append("}")
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
