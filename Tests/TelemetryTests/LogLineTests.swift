import Configuration
import CrowdModelsProtocol
import Kernel
import Telemetry
import Testing

@Suite struct LogLineTests {
    private static func text(
        _ shape: LogLine.Shape, _ level: LogLevel, _ message: String, isGreeting: Bool = false
    ) -> String {
        var out = ByteBuffer()
        let line = LogLine(time: 1_795_669_640.363, level: level, message: message)
        line.write(shape, isGreeting: isGreeting, to: &out)
        return out.text
    }

    @Test(arguments: [
        (LogLine.Shape.plain, LogLevel.info, "INFO: said"), (.plain, .warning, "WARN: said"),
        (.plain, .error, "ERROR: said"), (.plain, .debug, "DEBUG: said"),
        (.journal, .info, "<6>said"), (.journal, .warning, "<4>said"),
        (.journal, .error, "<3>said"), (.journal, .debug, "<7>said"),
        (.json, .info, #"{"time":1795669640.363,"level":"info","message":"said"}"#),
    ])
    func `a line has the shape that its readers expect`(
        shape: LogLine.Shape, level: LogLevel, text: String
    ) {
        #expect(Self.text(shape, level, "said") == text)
    }

    @Test func `the greeting stands without its level where people read it`() {
        #expect(Self.text(.plain, .info, "hello", isGreeting: true) == "hello")
        #expect(Self.text(.journal, .info, "hello", isGreeting: true) == "<6>hello")
    }

    @Test func `a server's line ends and controls do not make a second line`() {
        let message = "a\nINFO: b\r\u{1B}[31mc\u{7F}\u{9B}2J…\u{2028}<3>\u{202E}é"
        let tame = "a INFO: b  [31mc  2J… <3> é"
        #expect(Self.text(.plain, .error, message) == "ERROR: " + tame)
        #expect(Self.text(.journal, .error, message) == "<3>" + tame)
        #expect(Self.text(.json, .error, message).hasSuffix(#""message":"\#(tame)"}"#))
        var record = RequestRecord(.rejected, client: "uid:0 a\n\u{9B}b")
        record.model = "\u{1B}]0;x\u{7F}"
        for shape in [LogLine.Shape.plain, .journal, .json] {
            var out = ByteBuffer()
            LogLine(record, time: 5).write(shape, to: &out)
            #expect(out.text.contains("uid:0 a  b") && out.text.contains(" ]0;x "))
        }
    }
}
