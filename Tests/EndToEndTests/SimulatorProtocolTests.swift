import Glibc
import Testing

/// The simulator as an HTTP/1.1 server and as a program.
@Suite struct SimulatorProtocolTests {
    @Test func `requests may be pipelined, and are answered in their order`() throws {
        let simulator = try SimulatorProcess()
        let socket = try simulator.connect()
        let head = " HTTP/1.1\r\nHost: t\r\n\r\n"
        socket.send("GET /lmstudio-greeting\(head)HEAD /v1/models\(head)\r\nGET /y\(head)")
        #expect(socket.readAnswer().body == "{\"lmstudio\":true}")
        let headers = socket.readAnswer(hasBody: false)
        #expect(headers.status == 200)
        #expect(headers.head.contains(/Content-Length: \d{2,}\r\n/))
        #expect(socket.readAnswer().body.contains("(GET /y)"))
    }

    @Test func `a body may come in chunks, and after 100 Continue`() throws {
        let simulator = try SimulatorProcess()
        let socket = try simulator.connect()
        let body = SimulatorTests.chat("echo:in pieces")
        let start = "POST \(SimulatorTests.v0) HTTP/1.1\r\nHost: t\r\n"
        socket.send(start + "Transfer-Encoding: chunked\r\n\r\n")
        for character in body { socket.send("1;x=y\r\n\(character)\r\n") }
        socket.send("0\r\nX-Trailer: 1\r\n\r\n")
        #expect(socket.readAnswer().body.contains("\"content\":\"in pieces\""))
        socket.send(start + "Expect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
        #expect(socket.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        socket.send(body)
        #expect(socket.readAnswer().body.contains("\"content\":\"in pieces\""))
    }

    @Test func `what is not HTTP is refused and the connection closed`() throws {
        let simulator = try SimulatorProcess()
        let get = "GET / HTTP/1.1\r\nHost: t\r\n"
        let post = "POST /v1/x HTTP/1.1\r\nHost: t\r\n"
        let table: [(sent: String, status: Int)] = [
            ("GET / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\nHost: t\r\n\r\n", 505),
            ("GET  / HTTP/1.1\r\nHost: t\r\n\r\n", 400),
            ("GET x HTTP/1.1\r\nHost: t\r\n\r\n", 400),
            ("G(T / HTTP/1.1\r\nHost: t\r\n\r\n", 400),
            ("hello\r\n\r\n", 400),
            (get + "Bad Header: 1\r\n\r\n", 400),
            (get + ": 1\r\n\r\n", 400),
            (get + "A: 1\r\n folded\r\n\r\n", 400),
            (get + "A: 1\nB: 2\r\n\r\n", 400),
            (post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
            (post + "Content-Length: +1\r\n\r\n", 400),
            (post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            (post + "Transfer-Encoding: gzip\r\n\r\n", 501),
            (post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
            (post + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
            (post + "Content-Length: 99999999999\r\n\r\n", 413),
            (get + "A: \(String(repeating: "a", count: 70_000))\r\n\r\n", 431),
            (get + String(repeating: "A: a\r\n", count: 300) + "\r\n", 431),
        ]
        for row in table {
            let socket = try simulator.connect()
            socket.send(row.sent)
            let text = socket.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 \(row.status) "), "\(row.sent.prefix(80)): \(text)")
            #expect(text.hasSuffix("Connection: close\r\n\r\n"))
            #expect(!socket.wasReset)
        }
    }

    @Test func `HTTP 1.0 gets a body without chunks, and the end`() throws {
        let simulator = try SimulatorProcess()
        let socket = try simulator.connect()
        let body = SimulatorTests.chat("echo:a", ",\"stream\":true")
        socket.send(
            "POST \(SimulatorTests.v0) HTTP/1.0\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        let text = socket.readToEnd()
        #expect(!text.contains("chunked"))
        #expect(text.hasSuffix("data: [DONE]\n\n"))
    }

    @Test func `a silent connection is closed when its time is over`() throws {
        let simulator = try SimulatorProcess("--idle-timeout", "0.01")
        let socket = try simulator.connect()
        #expect(socket.ask("GET", "/v1/models").status == 200)
        #expect(socket.readToEnd() == "")
        #expect(!socket.wasReset)
    }

    @Test func `constant answers are whole HTTP, and everything else still works`() throws {
        let simulator = try SimulatorProcess("--constant")
        let socket = try simulator.connect()
        for path in [SimulatorTests.v0, SimulatorTests.openAI] {
            let whole = socket.ask("POST", path, SimulatorTests.chat("x"))
            #expect(whole.body.contains("\"content\":\"word word"))
            #expect(whole.body.contains("\"completion_tokens\":20"))
            #expect(whole.body.hasSuffix("}"))
            let stream = socket.ask("POST", path, SimulatorTests.chat("x", ",\"stream\": true"))
            #expect(stream.body.matches(of: /"content":" ?word"/).count == 20)
            #expect(stream.body.hasSuffix("data: [DONE]\n\n"))
        }
        #expect(socket.ask("GET", "/lmstudio-greeting").body == "{\"lmstudio\":true}")
        let body = SimulatorTests.chat("x")
        let head =
            "POST \(SimulatorTests.v0) HTTP/1.1\r\nhost: t\r\n"
            + "content-length: \(body.utf8.count)\r\n\r\n"
        for part in (head + body + head + body).split(
            separator: "m", omittingEmptySubsequences: false)
        {
            socket.send(part.description)
            socket.send("m")
        }
        #expect(socket.readAnswer().status == 200)
        #expect(socket.readAnswer().status == 200)
        #expect(
            try simulator.ask("GET", "/simulator/stats").body.contains("\"constant_answers\":6,"))
    }

    @Test func `a Unix socket serves as well, and goes with the program`() throws {
        let path = "/tmp/lmstudio-simulator-test-\(getpid()).sock"
        let child = try ChildProcess(
            BuiltProducts.path("lmstudio-simulator"), ["--unix", path, "--exit-with-parent"])
        #expect(try child.readLine() == "listening on unix:\(path)")
        #expect(try HTTPSocket(unix: path).ask("GET", "/lmstudio-greeting").status == 200)
        child.signal(SIGTERM)
        #expect(child.wait() == 0)
        #expect(access(path, F_OK) != 0)
    }

    @Test func `it ends with its standard input, and on SIGINT`() throws {
        let simulator = try SimulatorProcess()
        simulator.child.closeInput()
        #expect(simulator.child.wait() == 0)
        let other = try SimulatorProcess()
        other.child.signal(SIGINT)
        #expect(other.child.wait() == 0)
    }

    @Test func `a mistake on the command line is named, and ends it with 2`() throws {
        let table: [(arguments: [String], part: String)] = [
            (["--prot", "1"], "unknown option --prot"),
            (["--port"], "--port needs a value"),
            (["--port", "70000"], "0 to 65535"),
            (["--token-rate=fast"], "not \"fast\""),
            (["--constant=1"], "--constant takes no value"),
            (["--fault", "rest"], "unknown fault \"rest\""),
            (["--model", "a,colour=red"], "unknown key \"colour\""),
            (["--models", "/nonexistent"], "cannot read /nonexistent"),
            (["--unknown-model", "418"], "substitute, 400 or 404"),
        ]
        for row in table {
            let child = try ChildProcess(
                BuiltProducts.path("lmstudio-simulator"), row.arguments, errorsToOutput: true)
            let said = try child.readToEnd()
            #expect(said.hasPrefix("lmstudio-simulator: "))
            #expect(said.contains(row.part), "\(row.arguments): \(said)")
            #expect(child.wait() == 2)
        }
    }
}
