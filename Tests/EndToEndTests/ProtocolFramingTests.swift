import CrowdModelsProtocol
import Testing

/// Lines come in any pieces, and all that was asked is answered before the connection ends.
@Suite struct ProtocolFramingTests {
    let simulator: SimulatorProcess
    let daemon: DaemonProcess

    init() throws {
        simulator = try SimulatorProcess()
        daemon = try DaemonProcess(simulator)
        try daemon.waitForLog(containing: "Discovered 2 models from LMStudio")
    }

    @Test func `a line may be cut at any byte`() throws {
        let request = Array(#"{"jsonrpc":"2.0","id":"é","method":"ping","params":{}}"#.utf8) + [10]
        let client = try daemon.connect()
        let observer = try daemon.connect()
        for cut in 1..<request.count {
            client.send(bytes: Array(request[..<cut]))
            // An answer to somebody else: the daemon has had its turn in between.
            _ = try observer.result("ping")
            client.send(bytes: Array(request[cut...]))
            let line = try client.readLine()
            #expect(line == #"{"jsonrpc":"2.0","id":"é","result":{"ok":true}}"#, "cut at \(cut)")
        }
    }

    @Test func `a line may come byte by byte`() throws {
        let client = try daemon.connect()
        let observer = try daemon.connect()
        for byte in Array(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.utf8) + [13, 10] {
            client.send(bytes: [byte])
            _ = try observer.result("ping")
        }
        #expect(try client.readLine() == #"{"jsonrpc":"2.0","id":1,"result":{"ok":true}}"#)
    }

    @Test func `a thousand lines in one write are answered in their order`() throws {
        let client = try daemon.connect()
        let ids = 1...1000
        client.send(
            bytes: ids.flatMap {
                Array(#"{"jsonrpc":"2.0","id":\#($0),"method":"ping"}"#.utf8)
                    + ($0 % 7 == 0 ? [13, 10, 10] : [10])
            })
        for id in ids {
            #expect(try client.readLine() == #"{"jsonrpc":"2.0","id":\#(id),"result":{"ok":true}}"#)
        }
    }

    @Test func `a client in a hurry keeps nobody else waiting`() throws {
        let client = try daemon.connect()
        let observer = try daemon.connect()
        for round in 0..<8 {
            let ids = (round * 500)..<(round * 500 + 500)
            client.send(
                ids.map { #"{"jsonrpc":"2.0","id":\#($0),"method":"ping"}"# + "\n" }.joined())
            #expect(try observer.result("ping") == ["ok": true])
            for id in ids {
                #expect(
                    try client.readLine() == #"{"jsonrpc":"2.0","id":\#(id),"result":{"ok":true}}"#)
            }
        }
        client.finishSending()
        #expect(try client.isAtEnd())
    }

    @Test func `a client that sends no more gets all its answers, and then the end`() throws {
        let client = try daemon.connect()
        let requests = (0..<20).map {
            #"{"jsonrpc":"2.0","id":\#($0),"method":"complete","params":{"prompt":"echo:\#($0)"}}"#
        }
        client.send(requests.joined(separator: "\n"))
        client.finishSending()
        var answered: Set<String> = []
        while let answer = try client.readMessage() {
            #expect(answer["result"]?["content"]?.stringValue == answer["id"]?.text)
            answered.insert(answer["id"]?.text ?? "")
        }
        #expect(answered.count == 20)
    }

    @Test func `a last line without its newline counts, whatever it is`() throws {
        for (text, expected) in [
            (#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, #""result":{"ok":true}}"#),
            ("{", "-32700"), ("[", "-32700"), ("\u{FEFF}", "-32700"), ("1", "-32600"),
        ] {
            let client = try daemon.connect()
            client.send(text)
            client.finishSending()
            #expect(try client.readLine()?.contains(expected) == true, "\(text)")
            #expect(try client.isAtEnd())
        }
        for text in ["", "\n", " ", "\r", "\n\n \t"] {
            let client = try daemon.connect()
            client.send(text)
            client.finishSending()
            #expect(try client.isAtEnd(), "\(text.debugDescription)")
        }
    }

    @Test func `a batch is answered in one array when its last answer is there`() throws {
        let client = try daemon.connect()
        client.send(
            line: """
                [{"jsonrpc":"2.0","id":"slow","method":"complete","params":{"prompt":"echo:a"}},\
                {"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"ping"},7,\
                {"jsonrpc":"2.0","id":"slow","method":"ping"},\
                {"jsonrpc":"2.0","id":"s\\u006cow","method":"ping"},\
                {"jsonrpc":"2.0","id":1.0,"method":"models.refresh"},\
                {"jsonrpc":"2.0","id":2,"method":"nothing"},\
                {"jsonrpc":"2.0","id":3,"method":"complete","params":{"prompt":"echo:b"}},\
                {"jsonrpc":"2.0","id":null,"method":"complete","params":{"prompt":"echo:c"}}]
                """)
        let answers = try #require(try client.readMessage()?.arrayValue)
        #expect(answers.count == 9)
        func answer(_ id: JSONValue) -> JSONValue? { answers.first { $0["id"] == id } }
        #expect(answer("slow")?["result"]?["content"] == "a")
        #expect(answer(3)?["result"]?["content"] == "b")
        #expect(answer(.number("1.0"))?["result"]?["errors"] == [])
        #expect(answer(1)?["result"] == ["ok": true])
        #expect(answer(2)?["error"]?["code"] == -32601)
        let nameless = answers.filter { $0["id"] == .null }
        #expect(
            nameless.compactMap { $0["error"]?["data"]?["id"]?.text } == ["\"slow\"", "\"slow\""])
        #expect(nameless.compactMap { $0["result"]?["content"] } == ["c"])
        #expect(try client.result("ping") == ["ok": true])
    }

    @Test func `batches wait for nobody else, and nobody for them`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "max_concurrent = 8")
        let client = try daemon.connect()
        client.send(
            line: """
                [{"jsonrpc":"2.0","id":11,"method":"complete","params":["ready","x"]},\
                {"jsonrpc":"2.0","id":12,"method":"ping"}]
                """)
        let first = try server.acceptRequest()
        #expect(try client.result("ping") == ["ok": true])
        client.send(line: #"{"jsonrpc":"2.0","id":12,"method":"ping"}"#)
        #expect(try client.readMessage()?["id"] == 12)
        client.finishSending()
        first.answer("done")
        let answers = try client.readMessage()?.arrayValue
        #expect(answers?.count == 2)
        #expect(answers?.last?["result"]?["content"] == "done")
        #expect(try client.isAtEnd())
    }

    @Test func `one request of a batch can be cancelled`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "max_concurrent = 8")
        let client = try daemon.connect()
        client.send(
            line: """
                [{"jsonrpc":"2.0","id":"a","method":"complete","params":["ready","x"]},\
                {"jsonrpc":"2.0","id":"b","method":"complete","params":["ready","x"]}]
                """)
        let first = try server.acceptRequest()
        let second = try server.acceptRequest()
        #expect(try client.result("cancel", ["a"]) == ["cancelled": true])
        _ = try first.waitForClose()
        second.answer("done")
        let answers = try #require(try client.readMessage()?.arrayValue)
        #expect(answers.map { $0["id"] } == ["a", "b"])
        #expect(answers[0]["error"]?["code"] == -32800)
        #expect(answers[1]["result"]?["content"] == "done")
    }
}
