import CrowdModelsProtocol
import Glibc
import Screen
import Testing

/// `chat` and `top` as somebody at a terminal meets them.
@Suite struct ClientTerminalTests {
    @Test func `a chat remembers, stops an answer on Ctrl-C, and goes on`() throws {
        let simulator = try SimulatorProcess("--token-rate", "50")
        let daemon = try DaemonProcess(simulator)
        let client = try TerminalClient(["chat"], socket: daemon.socketPath)
        try client.waitFor("/help says what else")
        try client.waitFor("> ")
        client.type("echo:**first**\r")
        try client.waitFor("\u{1B}[0;1mfirst\u{1B}[0m")
        try client.waitFor("> ")
        client.type("tokens:5000\r")
        // Words of the answer: a Ctrl-C before it would be one in the line editor.
        try client.waitFor("morning through")
        client.type("\u{3}")
        try client.waitFor("stopped")
        client.type("echo:sec\u{1B}[D\u{1B}[Dx\u{5}ond\r")
        try client.waitFor("sxecond\r\n")
        client.type("\u{1B}[A\u{1B}[A\u{1B}[A\u{15}/stats\r")
        try client.waitFor("in all ")
        try client.waitFor("\u{1B}[?2004h")
        #expect(!client.isAsItWas)
        client.type("\u{4}")
        #expect(client.wait() == 0)
        #expect(client.isAsItWas)
        let messages = try #require(try simulator.chats().last?.body["messages"]?.arrayValue)
        #expect(messages.first?["content"] == "echo:**first**")
        #expect(messages.last?["content"] == "echo:sxecond")
        #expect(messages.filter { $0["role"] == "assistant" }.count >= 1)
    }

    @Test func `a chat outlives the daemon, and goes on with the next one`() throws {
        let simulator = try SimulatorProcess("--token-rate", "50")
        let folder = TestFolder()
        let config = DaemonProcess.config(simulator)
        var daemon = try DaemonProcess(config, folder: folder)
        let client = try TerminalClient(["chat"], socket: daemon.socketPath)
        try client.waitFor("> ")
        client.type("tokens:5000\r")
        try client.waitFor("Weather children")
        daemon.child.signal(SIGKILL)
        #expect(try daemon.waitForExit() == -SIGKILL)
        try client.waitFor("the chat goes on, with all that was said")
        try client.waitFor("\u{1B}[?2004h")
        client.type("echo:nobody hears it\r")
        try client.waitFor("no daemon: ")
        try client.waitFor("\u{1B}[?2004h")
        daemon = try DaemonProcess(config, folder: folder)
        client.type("echo:**again**\r")
        try client.waitFor("\u{1B}[0;1magain\u{1B}[0m")
        try client.waitFor("\u{1B}[?2004h")
        client.type("\u{4}")
        #expect(client.wait() == 0)
        let messages = try #require(try simulator.chats().last?.body["messages"]?.arrayValue)
        #expect(messages.first?["content"] == "tokens:5000")
        #expect(messages[1]["role"] == "assistant", "as far as it came")
        #expect(messages.last?["content"] == "echo:**again**")
    }

    @Test func `a chat's text may have several lines, typed or pasted`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let client = try TerminalClient(["chat"], socket: daemon.socketPath)
        try client.waitFor("> ")
        client.type("/help\r")
        try client.waitFor("/save FILE      write the conversation to a file")
        try client.waitFor("\u{1B}[?2004h")
        client.type("\u{1B}[200~echo:a\nb\u{1B}[201~\u{1B}\rc\\\rd\r")
        try client.waitFor("a\r\nb\r\nc\r\nd\r\n\r\n")
        for _ in 0..<2 {
            try client.waitFor("\u{1B}[?2004h")
            client.type("\u{3}")
        }
        #expect(client.wait() == 130)
        #expect(client.isAsItWas)
        #expect(try simulator.chats().last?.body["messages"]?[0]?["content"] == "echo:a\nb\nc\nd")
    }

    @Test func `a chat on a terminal that moves no cursor asks line by line, without sequences`()
        throws
    {
        let simulator = try SimulatorProcess("--token-rate", "50")
        let daemon = try DaemonProcess(simulator)
        let client = try TerminalClient(
            ["chat", "-m", "llama"], socket: daemon.socketPath, environment: ["TERM": "dumb"])
        try client.waitFor("llama-2-7b-chat; /help says what else\r\n> ")
        client.type("echo:**first** \\\n")
        try client.waitFor("  ")
        client.type("word\n")
        try client.waitFor("**first** \r\nword\r\n\r\n> ")
        client.type("tokens:5000\n")
        try client.waitFor(" ")
        client.type("\u{3}")
        try client.waitFor("stopped\r\n")
        try client.waitFor("> ")
        client.type("/model nothing\n")
        try client.waitFor("there is no model nothing; /model lists them\r\n> ")
        client.type("\u{4}")
        #expect(client.wait() == 0)
        #expect(!client.text.contains("\u{1B}") && client.isAsItWas)
    }

    @Test func `a chat with a model that is not there says so before the first word`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let client = try TerminalClient(["chat", "-m", "nothing"], socket: daemon.socketPath)
        try client.waitFor("there is no model nothing; /model lists them")
        // Typed before the editor asks: it is the editor's all the same.
        client.type("/model mistral\r")
        try client.waitFor("mistral-7b-instruct from now on")
        client.type("\u{4}")
        #expect(client.wait() == 0)
    }

    @Test(arguments: [40, 80], ["", "1"])
    func `an answer that comes in pieces breaks at the terminal's edge between words`(
        columns: UInt16, noColor: String
    ) throws {
        let folder = TestFolder()
        let words = String(repeating: "Unbelievable **incomprehensibilities** of 日本語 ", count: 9)
        let daemon = StandInDaemon(in: folder) { request in
            let id = request["id"]!
            let pieces = stride(from: 0, to: words.count, by: 5).map { start in
                let piece = String(words.dropFirst(start).prefix(5))
                return StandInDaemon.note(
                    "complete.delta", ["id": id, "seq": 0, "content": .string(piece)])
            }
            return .lines(pieces + [StandInDaemon.result(id, StandInDaemon.completion(words))])
        }
        for command in [["complete", "hi"], ["chat", "hi"]] {
            let client = try TerminalClient(
                command, socket: daemon.path, columns: columns,
                environment: ["TERM": "xterm", "NO_COLOR": noColor])
            try client.waitFor("本語 \r\n")
            client.type("\u{4}")
            #expect(client.wait() == 0)
            let text = client.text.split(separator: "\u{1B}[0m").joined().replacing(
                "\u{1B}[0;1m", with: "")
            let lines = text.split(separator: "\r\n").filter { $0.contains("Unbeliev") }
            #expect(lines.count >= 9 * 40 / Int(columns))
            #expect(lines.allSatisfy { $0.cells <= Int(columns) })
            let shown = text.split { $0.isWhitespace }.filter { $0.contains("incompre") }
            #expect(shown.allSatisfy { $0.hasSuffix("ties") || $0.hasSuffix("ties**") })
            #expect(shown.count == 9)
        }
    }

    @Test(arguments: [
        SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE, SIGXCPU, SIGIO, 50,
    ])
    func `whatever ends top, the terminal is as it was`(number: Int32) throws {
        let simulator = try SimulatorProcess()
        defer { withExtendedLifetime(simulator) {} }
        let daemon = try DaemonProcess(simulator)
        // It waits when the signal comes: a sanitizer's own locks are not made for a signal within.
        let client = try TerminalClient(["top", "-i", "5"], socket: daemon.socketPath)
        try client.waitFor("\u{1B}[?1049h")
        try client.waitFor("nothing is queued or running")
        #expect(!client.isAsItWas)
        client.signal(number)
        // What the terminal was sent last may be read after the client has ended.
        try client.waitFor("\u{1B}[?25h\u{1B}[?1049l")
        #expect(client.wait() == -number)
        #expect(client.isAsItWas)
    }

    @Test func `top shows what runs, cancels it, follows the window and ends with q`() throws {
        let simulator = try SimulatorProcess("--token-rate", "20")
        let daemon = try DaemonProcess(simulator)
        let path = daemon.socketPath
        let asking = try ClientRun.start(["complete", "tokens:5000"], socket: path)
        asking.closeInput()
        let client = try TerminalClient(["top", "-i", "0.1"], socket: path)
        try client.waitFor("1 request")
        try client.waitFor("generating")
        client.resize(columns: 40, rows: 12)
        try client.waitFor("q quit")
        client.type("c")
        #expect(asking.wait() == 1)
        try client.waitFor("nothing is queued")
        client.type("q")
        #expect(client.wait() == 0)
        #expect(client.isAsItWas)
    }

    @Test func `without a terminal top prints one picture, and --json a line`() throws {
        let simulator = try SimulatorProcess()
        defer { withExtendedLifetime(simulator) {} }
        let daemon = try DaemonProcess(simulator)
        let picture = try ClientRun(["top"], socket: daemon.socketPath)
        #expect(picture.status == 0)
        #expect(picture.output.contains("tokens/s") && !picture.output.contains("\u{1B}"))
        let json = try ClientRun(
            ["--json", "top", "-n", "2", "-i", "0.1"], socket: daemon.socketPath)
        #expect(json.json.count == 2)
        #expect(json.json[1]["stats"]?["window"] == "total")
    }

    @Test func `a daemon that goes ends top with words`() throws {
        let simulator = try SimulatorProcess()
        defer { withExtendedLifetime(simulator) {} }
        let daemon = try DaemonProcess(simulator)
        let client = try TerminalClient(["top", "-i", "0.1"], socket: daemon.socketPath)
        try client.waitFor("q quit")
        daemon.child.signal(SIGKILL)
        #expect(client.wait() == 69)
        #expect(client.isAsItWas)
        #expect(client.text.contains("closed the connection"))
    }
}
