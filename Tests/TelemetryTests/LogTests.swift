import Configuration
import CrowdModelsProtocol
import Glibc
import Kernel
import Telemetry
import Testing

@Suite struct LogTests {
    /// A log whose lines can be read back, and the time that it goes by.
    private final class Written {
        var time = 1_795_669_640.0
        private let reading: Int32
        private let writing: Int32
        private(set) var log: Log!

        init(_ level: LogLevel, _ shape: LogLine.Shape = .plain, tellsTime: Bool = false) {
            var ends: [Int32] = [0, 0]
            precondition(pipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
            log = Log(
                level: level, shape: shape, output: LogOutput(on: nil, descriptor: writing),
                tellsTime: tellsTime, now: { [unowned self] in time })
        }

        deinit {
            close(reading)
            close(writing)
        }

        /// What was written since the last time.
        func lines() -> [String] {
            log.flush()
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = read(reading, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
                .split(separator: "\n").map(String.init)
        }
    }

    @Test func `a level that is not asked for costs nothing`() {
        let written = Written(.info)
        func never() -> DebugEvent {
            Issue.record("made though nobody asked")
            return .connection(1, isOpen: false, client: "x", pid: 1)
        }
        written.log.debug(never())
        written.log.info("told")
        #expect(written.lines() == ["INFO: told"])
        written.log.level = .debug
        written.log.debug(.connection(1, isOpen: false, client: "x", pid: 1))
        #expect(written.lines() == ["DEBUG: Connection 1 of x (pid 1) closed"])
    }

    @Test func `a request is told in two lines to people and in one object to programs`() throws {
        var record = RequestRecord(.completed, client: "uid:0 x")
        (record.key, record.totalTokens) = (5, 12)
        let plain = Written(.info)
        plain.log.tell(record)
        #expect(
            plain.lines() == [
                "INFO: LLM request completed: 12 tokens used",
                "INFO: Request r5 completed: complete, client uid:0 x",
            ])
        let json = Written(.info, .json)
        json.log.tell(record)
        #expect(json.lines().count == 1)
        var kept = ByteBuffer()
        json.log.writeLastLines(to: &kept)
        let lines = try JSONValue(parsing: kept.span)["lines"]?.arrayValue
        #expect(lines?.count == 1 && lines?.first?["key"] == "r5")
    }

    @Test func `where nobody adds the time, each minute with lines begins with it`() {
        let written = Written(.info, tellsTime: true)
        written.log.greet("hello")
        written.log.info("one")
        written.time += 10
        written.log.info("two")
        written.time += 60
        written.log.info("three")
        #expect(
            written.lines() == [
                "hello", "-- 2026-11-26 05:07 UTC", "INFO: one", "INFO: two",
                "-- 2026-11-26 05:08 UTC", "INFO: three",
            ])
    }

    @Test(arguments: [
        (0.0, "1970-01-01 00:00"), (951_782_400, "2000-02-29 00:00"),
        (1_709_251_199, "2024-02-29 23:59"), (1_709_251_200, "2024-03-01 00:00"),
        (4_102_444_799, "2099-12-31 23:59"),
    ])
    func `days are those of the calendar`(time: Double, text: String) {
        let written = Written(.info, tellsTime: true)
        written.time = time
        written.log.info("x")
        #expect(written.lines().first == "-- \(text) UTC")
    }

    @Test func `a line has a limit, whoever fills it`() {
        let written = Written(.error)
        written.log.error(String(repeating: "aé", count: 3_000_000))
        let line = written.lines().first ?? ""
        #expect(line.utf8.count <= LogLine.messageBytesMax + "ERROR: ".utf8.count)
        #expect(line.hasSuffix("(9000000 bytes)"))
        #expect(!line.unicodeScalars.contains("\u{FFFD}"))
    }
}
