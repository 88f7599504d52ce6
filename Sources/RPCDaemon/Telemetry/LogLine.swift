package import Configuration
package import CrowdModelsProtocol

/// One line of the log, as it is kept for those who subscribe to it and as it is written.
package struct LogLine: Sendable {
    /// Seconds since 1970.
    package let time: Double
    package let level: LogLevel
    package let message: String

    package init(time: Double, level: LogLevel, message: String) {
        self.time = time
        self.level = level
        self.message = message
    }

    /// The shape of a line on standard error.
    package enum Shape: Sendable {
        /// `INFO: message`, as the guide prints it.
        case plain
        /// `<6>message`: journald takes the priority off (sd-daemon(3)).
        case journal
        /// `{"time":…,"level":"info","message":"…"}`; time in seconds since 1970.
        case json
    }

    /// Appends the LogLine object of the protocol.
    package func write(to out: inout ByteBuffer) {
        out.append("{\"time\":")
        out.append(number: time)
        out.append(",\"level\":")
        out.append(string: level.rawValue)
        out.append(",\"message\":")
        out.append(string: message)
        out.append("}")
    }

    /// Appends the line without its end, in that shape.
    ///
    /// - Parameter isGreeting: it stands without its level where people read it.
    package func write(_ shape: Shape, isGreeting: Bool = false, to out: inout ByteBuffer) {
        switch shape {
        case .plain:
            if !isGreeting {
                out.append(utf8: word)
                out.append(": ")
            }
            out.append(utf8: oneLine)
        case .journal:
            out.append("<")
            out.append(decimal: priority)
            out.append(">")
            out.append(utf8: oneLine)
        case .json:
            write(to: &out)
        }
    }

    /// A server's words may hold line ends and other controls; a log line may not.
    private var oneLine: String {
        guard message.utf8.contains(where: { $0 < 32 || $0 == 127 }) else { return message }
        return String(
            String.UnicodeScalarView(
                message.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }

    private var word: String {
        switch level {
        case .error: "ERROR"
        case .warning: "WARN"
        case .info: "INFO"
        case .debug: "DEBUG"
        }
    }

    private var priority: Int {
        switch level {
        case .error: 3
        case .warning: 4
        case .info: 6
        case .debug: 7
        }
    }
}
