import CrowdModelsProtocol
import Glibc
import Link
import Screen

extension Command {
    static let top = Command(
        "top", "watch requests and backends as they go",
        options: [
            Option("interval", "i", "S", "seconds between two pictures, 1 if not given"),
            Option("count", "n", "N", "end after N pictures"),
        ],
        details: """
            On a terminal it takes the screen until q or Ctrl-C; the arrows choose a request, and c
            cancels it. Elsewhere it prints one picture, or as many as --count says. With --json
            each picture is one line.
            """,
        examples: ["crowd-models top", "crowd-models --json top -n 10 -i 5 > hour.jsonl"],
        exits: "0; 69 if the daemon goes; 130 after Ctrl-C."
    ) { (session) throws(Failure) in
        let seconds = try session.invocation.number("interval") ?? 1
        guard seconds >= 0.1, seconds <= 86_400 else {
            throw Failure(.usage, "--interval takes seconds from 0.1 to 86400")
        }
        let count = try session.invocation.integer("count")
        guard count ?? 1 > 0 else { throw Failure(.usage, "--count takes a number from 1") }
        try Top(session, seconds: seconds, count: count).run()
    }
}

/// The pictures of `top`, one after the other.
private final class Top {
    private let session: Session
    private let connection: DaemonConnection
    private let milliseconds: Int
    private var left: Int?
    private var screen = TopScreen()
    private var parser = KeyParser()
    private let isLive: Bool

    init(_ session: Session, seconds: Double, count: Int?) throws(Failure) {
        self.session = session
        connection = try session.connect()
        milliseconds = Int(seconds * 1000)
        isLive =
            !session.isJSON && session.output.isTerminal && isatty(STDIN_FILENO) == 1
            && Environment.value("TERM") != "dumb"
        left = count ?? (isLive || session.isJSON ? nil : 1)
    }

    func run() throws(Failure) {
        // The first moment before the screen is taken: what goes wrong then is an ordinary error.
        try look()
        let isTaken = isLive && TerminalMode.enter(.screen)
        defer { if isTaken { TerminalMode.leave() } }
        do throws(Failure) {
            while true {
                try show(isTaken)
                if let count = left {
                    left = count - 1
                    if count <= 1 { return }
                }
                if try !wait(isTaken) { return }
                try look()
            }
        } catch {
            TerminalMode.leave()
            throw error
        }
    }

    /// Asks the daemon how things stand.
    private func look() throws(Failure) {
        func ask(
            _ method: Method, _ params: JSONValue? = nil
        ) throws(Failure) -> JSONValue {
            let id = try connection.send("\(method.name)", params)
            return try connection.result(of: id)
        }
        let stats = try ask(.stats, ["window": "total"])
        let requests = try ask(.requestsList)
        let backends = try ask(.backendsList)
        if session.isJSON {
            session.output.appendLine(json: [
                "stats": stats, "requests": requests["requests"] ?? [],
                "backends": backends["backends"] ?? [],
            ])
            return
        }
        let list = try RequestsResult(answer: requests)
        let servers = try BackendsResult(answer: backends)
        screen.take(
            TopScreen.Moment(
                time: MonotonicTime.now, stats: try StatsResult(answer: stats),
                requests: list.requests, backends: servers.backends))
    }

    private func show(_ isTaken: Bool) throws(Failure) {
        if session.isJSON { return try session.output.flush() }
        guard isTaken else {
            session.output.append(lines: screen.lines(session.output.layout))
            return try session.output.flush()
        }
        let size = TerminalSize.ofTerminal(STDOUT_FILENO)
        let layout = Layout(
            width: size.columns, style: session.output.layout.style,
            marks: session.output.layout.marks)
        let lines = screen.lines(layout, rows: size.rows)
        ErrorOutput.put(
            "\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    /// Waits for the next moment and does what is typed meanwhile; false to end.
    private func wait(_ isTaken: Bool) throws(Failure) -> Bool {
        let deadline = MonotonicTime(millisecondsFromNow: milliseconds)
        while deadline.millisecondsFromNow > 0 {
            var items = [
                pollfd(fd: isTaken ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
                pollfd(
                    fd: isTaken ? TerminalMode.changes : -1, events: Int16(POLLIN), revents: 0),
            ]
            let wait = parser.isWaiting ? 50 : deadline.millisecondsFromNow
            let ready = unsafe poll(&items, 2, wait)
            if ready > 0, items[1].revents != 0 {
                TerminalMode.drainChanges()
                ErrorOutput.put("\u{1B}[2J")
                try show(isTaken)
            }
            var keys: [Key] = []
            if ready == 0 { keys = parser.settle() }
            if ready > 0, items[0].revents != 0 {
                var bytes = [UInt8](repeating: 0, count: 256)
                let count = unsafe Glibc.read(STDIN_FILENO, &bytes, bytes.count)
                guard count > 0 else { return false }
                keys = parser.take(bytes[..<count])
            }
            for key in keys where try !press(key) { return false }
            if !keys.isEmpty { try show(isTaken) }
        }
        return true
    }

    /// Does what a key means; false to end.
    private func press(_ key: Key) throws(Failure) -> Bool {
        switch key {
        case .text("q"), .text("Q"), .escape, .endOfInput: return false
        case .interrupt: throw Failure(.interrupted, "interrupted")
        case .up, .text("k"): screen.move(by: -1)
        case .down, .text("j"): screen.move(by: 1)
        case .redraw: ErrorOutput.put("\u{1B}[2J")
        case .suspend: TerminalMode.suspend()
        case .text("c"):
            guard let key = screen.selectedKey else { break }
            let id = try connection.send("\(Method.requestsCancel.name)", ["key": .string(key)])
            do throws(Failure) {
                let answer = try connection.result(of: id)
                let isCancelled = answer["cancelled"]?.boolValue == true
                screen.remark = isCancelled ? "\(key) is cancelled" : "\(key) has ended"
            } catch  where error.answer != nil {
                screen.remark = error.message
            }
        default: break
        }
        return true
    }
}
