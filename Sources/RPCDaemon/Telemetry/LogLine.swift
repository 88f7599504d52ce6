package import Configuration
package import CrowdModelsProtocol

/// One line of the log, as it is kept for those who subscribe to it and as it is written.
package struct LogLine: Sendable {
    /// Seconds since 1970.
    package let time: Double
    package let level: LogLevel
    /// On one line, whatever a server's words held, and of at most `messageBytesMax`.
    package let message: String
    /// Members for programs, each with a comma before it; empty where there is nothing to add.
    private let fields: [UInt8]

    /// Bytes of a message: a list of thousands of models, or a server's page of an error, is worth
    /// no more. The lines that are kept take 400 KiB at most.
    package static let messageBytesMax = 4096

    package init(time: Double, level: LogLevel, message: String) {
        self.time = time
        self.level = level
        self.message = Self.bounded(message)
        fields = []
    }

    package init(_ event: some LogEvent, time: Double) {
        self.time = time
        level = event.level
        var words = ByteBuffer(capacity: 160)
        event.write(words: &words)
        message = Self.bounded(words.text)
        var fields = LogFields()
        fields.append("event", "\(event.name)")
        event.write(fields: &fields)
        self.fields = fields.bytes.bytes
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
        LogEntry.write(
            time: time, level: level.rawValue, message: message, fields.span, to: &out)
    }

    /// Appends the line without its end, in that shape.
    ///
    /// - Parameter isGreeting: it stands without its level where people read it.
    package func write(_ shape: Shape, isGreeting: Bool = false, to out: inout ByteBuffer) {
        switch shape {
        case .plain:
            if !isGreeting {
                out.append(word)
                out.append(": ")
            }
            out.append(utf8: message)
        case .journal:
            out.append("<")
            out.append(decimal: priority)
            out.append(">")
            out.append(utf8: message)
        case .json:
            write(to: &out)
        }
    }

    /// A server's words may hold any number of letters; a log line may not.
    private static func bounded(_ message: String) -> String {
        var message = message
        let bytes = message.utf8.count
        if bytes > messageBytesMax {
            let note = " … (\(bytes) bytes)"
            var end = message.utf8.index(
                message.startIndex, offsetBy: messageBytesMax - note.utf8.count)
            // Not into the middle of a letter.
            while message.utf8[end] & 0xC0 == 0x80 {
                end = message.utf8.index(before: end)
            }
            message = String(message[..<end]) + note
        }
        return message.onOneLine
    }

    private var word: StaticString {
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
