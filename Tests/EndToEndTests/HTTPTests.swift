import CrowdModelsProtocol
import Glibc
import Testing

/// HTTP at the real daemon, on its socket and by TCP, with the simulator behind it.
@Suite struct HTTPTests {
    private static let user = #""messages":[{"role":"user","content":"#

    private static func chat(_ prompt: String, _ rest: String = "") -> String {
        #"{"model":"llama-2-7b-chat",\#(user)"\#(prompt)"}]\#(rest)}"#
    }

    private static func json(_ answer: HTTPSocket.Answer) throws -> JSONValue {
        try JSONValue(parsing: Array(answer.body.utf8).span)
    }

    @Test func `one socket speaks both tongues`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let lines = try daemon.connect()
        #expect(try lines.result("ping") == ["ok": true])
        let http = try HTTPSocket(unix: daemon.socketPath)
        let health = http.ask("GET", "/health")
        #expect(health.status == 200 && health.body == #"{"status":"ok"}"#)
        #expect(health.head.contains("Server: crowd-models-executor\r\n"))
        let models = try Self.json(http.ask("GET", "/v1/models"))
        let names = models["data"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
        #expect(names.contains("llama-2-7b-chat"))
        #expect(try lines.result("status")["connections"] == 2)
    }

    @Test func `a chat is answered whole, with the headers that say by whom`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let http = try HTTPSocket(unix: daemon.socketPath)
        let answer = http.ask("POST", "/v1/chat/completions", Self.chat("echo:Grüße"))
        #expect(answer.status == 200)
        let json = try Self.json(answer)
        #expect(json["choices"]?[0]?["message"]?["content"] == "Grüße")
        #expect(json["object"] == "chat.completion" && json["model"] == "llama-2-7b-chat")
        #expect(json["usage"]?["total_tokens"]?.integerValue ?? 0 > 0)
        #expect(answer.head.contains("x-crowd-models-backend: lmstudio\r\n"))
        #expect(answer.head.contains("x-crowd-models-overhead-ms: "))
        #expect(answer.head.contains("x-request-id: r"))
    }

    @Test func `a stream's pieces put together are the answer, and numbers end it`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let http = try HTTPSocket(unix: daemon.socketPath)
        http.request(
            "POST", "/v1/chat/completions",
            Self.chat(
                "tokens:9", #","stream":true,"stream_options":{"include_usage":true}"#),
            headers: "Connection: close\r\n")
        let text = http.readToEnd()
        #expect(text.contains("Content-Type: text/event-stream\r\n"))
        #expect(text.contains("data: [DONE]\n\n") && text.hasSuffix("0\r\n\r\n"))
        let events = text.split(separator: "data: ").dropFirst().compactMap { piece in
            try? JSONValue(parsing: Array(piece.prefix { $0 != "\n" }.utf8).span)
        }
        let words = events.compactMap { event in
            event["choices"]?[0]?["delta"]?["content"]?.stringValue
        }
        let whole = try Self.json(
            HTTPSocket(unix: daemon.socketPath)
                .ask("POST", "/v1/chat/completions", Self.chat("tokens:9")))
        #expect(words.joined() == whole["choices"]?[0]?["message"]?["content"]?.stringValue)
        #expect(events.last?["usage"]?["completion_tokens"] == 9)
    }

    @Test func `a client that goes while a model works ends the work at the server`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let lines = try daemon.connect()
        var http: HTTPSocket? = try HTTPSocket(unix: daemon.socketPath)
        http?.request(
            "POST", "/v1/chat/completions",
            Self.chat("tokens:100000", #","stream":true"#))
        let deadline = Deadline()
        while try lines.result("status")["in_flight"] != 1, !deadline.isOver {}
        http = nil
        while try lines.result("status")["in_flight"] != 0, !deadline.isOver {}
        #expect(try lines.result("status")["in_flight"] == 0)
        #expect(try lines.result("stats")["requests"]?["cancelled"] == 1)
    }

    @Test func `errors have their status and the nearest names`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let http = try HTTPSocket(unix: daemon.socketPath)
        let body = #"{"model":"llama-2-7b-chta",\#(Self.user)"x"}]}"#
        let unknown = http.ask("POST", "/v1/chat/completions", body)
        #expect(unknown.status == 404 && unknown.body.contains("llama-2-7b-chat"))
        #expect(try Self.json(unknown)["error"]?["code"] == "model_not_found")
        let claude = http.ask("POST", "/v1/chat/completions", Self.chat("x"))
        #expect(claude.status == 200)
        let many = http.ask("POST", "/v1/chat/completions", Self.chat("x", #","n":2"#))
        #expect(many.status == 400 && many.body.contains("`n`"))
        let none = http.ask("POST", "/v1/chat/completions", "{")
        #expect(none.status == 400)
        #expect(http.ask("GET", "/v1/models/nothing").status == 404)
        #expect(http.ask("GET", "/v1/models/llama-2-7b-chat").status == 200)
    }

    @Test func `JSON-RPC and the numbers are there by HTTP as well`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let http = try HTTPSocket(unix: daemon.socketPath)
        let call = #"{"jsonrpc":"2.0","id":1,"method":"complete","params":{"prompt":"echo:a"}}"#
        let answer = http.ask("POST", "/rpc", "[\(call)]")
        #expect(try Self.json(answer)[0]?["result"]?["content"] == "a")
        #expect(
            http.ask(
                "POST", "/rpc", call.replacing("\"prompt\"", with: "\"stream\":true,\"prompt\"")
            )
            .body.contains("-32600"))
        let page = http.ask("GET", "/metrics")
        #expect(page.head.contains("text/plain; version=0.0.4"))
        #expect(page.body.contains("# TYPE gen_ai_server_request_duration_seconds histogram"))
    }

    @Test func `by TCP only names of this machine lead to the daemon, and no web page`() throws {
        let simulator = try SimulatorProcess()
        let port = ReservedPort().number
        let daemon = try DaemonProcess(
            simulator, "[http]\nlisten = '127.0.0.1:\(port)'\norigins = ['http://a.b']\n")
        try daemon.waitForLog(containing: "Listening on 127.0.0.1:\(port) for HTTP")
        func ask(_ fields: String) throws -> HTTPSocket.Answer {
            let socket = try HTTPSocket(port: port)
            socket.send("GET /health HTTP/1.1\r\n\(fields)\r\n")
            return socket.readAnswer(hasBody: true)
        }
        #expect(try ask("Host: localhost:\(port)\r\n").status == 200)
        #expect(try ask("Host: evil.example\r\n").status == 421)
        #expect(try ask("Host: localhost\r\nOrigin: http://evil.example\r\n").status == 403)
        let page = try ask("Host: localhost\r\nOrigin: http://a.b\r\n")
        #expect(page.status == 200)
        #expect(page.head.contains("Access-Control-Allow-Origin: http://a.b\r\n"))
    }

    @Test func `a port that the system chose is told, and served`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator, "[http]\nlisten = '127.0.0.1:0'\n")
        let line = try daemon.waitForLog(containing: "Listening on 127.0.0.1:")
        let place = try daemon.connect().result("status")["http"]?.stringValue ?? ""
        #expect(line.hasSuffix("Listening on \(place) for HTTP"))
        let port = try #require(place.split(separator: ":").last.flatMap { UInt16($0) })
        let socket = try HTTPSocket(port: port)
        socket.send("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(socket.readAnswer(hasBody: true).status == 200)
    }

    @Test func `a port that is taken is told with whoever listens there`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(
            simulator, "[http]\nlisten = '127.0.0.1:\(simulator.port)'\n")
        let line = try daemon.waitForLog(containing: "is taken by")
        #expect(line.hasPrefix("WARN: 127.0.0.1:\(simulator.port) is taken by lmstudio-simula"))
        #expect(line.contains("(pid \(simulator.child.identifier))"))
        #expect(try daemon.connect().result("ping") == ["ok": true])
    }

    @Test(.enabled(if: geteuid() == 0, "only root can ask as two users"))
    func `two users of a port are told apart by the kernel's word`() throws {
        let simulator = try SimulatorProcess()
        let port = ReservedPort().number
        let daemon = try DaemonProcess(
            simulator, "[http]\nlisten = '127.0.0.1:\(port)'\n")
        try daemon.waitForLog(containing: "Listening on 127.0.0.1:\(port) for HTTP")
        #expect(try HTTPSocket(port: port).ask("GET", "/health", "").status == 421)
        let script = """
            import encodings.idna, os, socket
            os.setuid(65534)
            client = socket.create_connection(("127.0.0.1", \(port)))
            client.sendall(b"GET /health HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
            print(client.recv(1000).decode())
            """
        let child = try ChildProcess("/usr/bin/env", ["python3", "-c", script])
        let said = try child.readToEnd()
        #expect(said.hasPrefix("HTTP/1.1 403 Forbidden"), "\(said)")
        #expect(said.contains("user 65534 may not use this daemon by TCP"))
        #expect(child.wait() == 0)
    }

    @Test func `a TCP listener that was passed under the name http is used`() throws {
        let folder = TestFolder()
        let file = folder.write("config.toml", "llm_backends = []\n[discovery]\nenabled = false\n")
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutableBytes(of: &name) { bytes in
            let address = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            _ = bind(descriptor, address, size)
            _ = getsockname(descriptor, address, &size)
        }
        listen(descriptor, 8)
        let unix = BoundSocket("\(folder.path)/passed")
        let child = try ChildProcess(
            "/bin/sh",
            [
                "-c", "LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=x:http exec \"$0\" \"$@\"",
                BuiltProducts.path("crowd-models-executor"), "--config", file,
            ], errorsToOutput: true,
            environment: DaemonProcess.environment(home: folder.path, [:]),
            passing: [unix.descriptor, descriptor])
        let http = try HTTPSocket(port: UInt16(bigEndian: name.sin_port))
        http.send("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        #expect(http.readAnswer(hasBody: true).status == 200)
        #expect(try SocketClient("\(folder.path)/passed").result("ping") == ["ok": true])
        child.signal(SIGTERM)
        _ = try child.readToEnd()
        #expect(child.wait() == 0)
    }
}
