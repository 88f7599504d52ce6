import CrowdModelsProtocol
import Testing

/// JSON-RPC 2.0 to the letter, line by line, on the real daemon.
@Suite struct ProtocolWireTests {
    let simulator: SimulatorProcess
    let daemon: DaemonProcess

    init() throws {
        simulator = try SimulatorProcess()
        daemon = try DaemonProcess(simulator)
        try daemon.waitForLog(containing: "Discovered 2 models from LMStudio")
    }

    /// What a client gets that sends these bytes and then closes its side.
    private func answers(to bytes: [UInt8]) throws -> [String] {
        let client = try daemon.connect()
        client.send(bytes: bytes)
        client.finishSending()
        var lines: [String] = []
        while let line = try client.readLine() { lines.append(line) }
        return lines
    }

    private func answers(to text: String) throws -> [String] { try answers(to: Array(text.utf8)) }

    // MARK: The specification's own exchanges

    /// Section 7 of the JSON-RPC 2.0 specification with methods that this daemon has.
    static let specification = pairs(
        """
        --> {"jsonrpc": "2.0", "method": "check", "params": ["ping", []], "id": 1}
        <-- {"id":1,"result":{"valid":true}}
        --> {"jsonrpc": "2.0", "method": "check", "params": ["cancel", [23]], "id": 2}
        <-- {"id":2,"result":{"valid":true}}
        --> {"jsonrpc": "2.0", "method": "check", "params": {"method": "ping", "params": {}}, \
        "id": 3}
        <-- {"id":3,"result":{"valid":true}}
        --> {"jsonrpc": "2.0", "method": "check", "params": {"params": {}, "method": "ping"}, \
        "id": 4}
        <-- {"id":4,"result":{"valid":true}}
        --> {"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}
        --> {"jsonrpc": "2.0", "method": "foobar"}
        --> {"jsonrpc": "2.0", "method": "foobar", "id": "1"}
        <-- {"id":"1","error":-32601}
        --> {"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]
        <-- {"id":null,"error":-32700}
        --> {"jsonrpc": "2.0", "method": 1, "params": "bar"}
        <-- {"id":null,"error":-32600}
        --> [{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, \
        {"jsonrpc": "2.0", "method"]
        <-- {"id":null,"error":-32700}
        --> []
        <-- {"id":null,"error":-32600}
        --> [1]
        <-- [{"id":null,"error":-32600}]
        --> [1,2,3]
        <-- [{"id":null,"error":-32600},{"id":null,"error":-32600},{"id":null,"error":-32600}]
        --> [{"jsonrpc": "2.0", "method": "check", "params": ["ping"], "id": "1"}, \
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}, \
        {"jsonrpc": "2.0", "method": "check", "params": ["help"], "id": "2"}, \
        {"foo": "boo"}, \
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"}, \
        {"jsonrpc": "2.0", "method": "ping", "id": "9"}]
        <-- [{"id":"1","result":{"valid":true}},{"id":"2","result":{"valid":true}},\
        {"id":null,"error":-32600},{"id":"5","error":-32601},{"id":"9","result":{"ok":true}}]
        --> [{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]}, \
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]
        """)

    /// Requests with what each is answered; nothing for those without an answer.
    private static func pairs(_ text: String) -> [(request: String, answer: String)] {
        var pairs: [(request: String, answer: String)] = []
        for line in text.split(separator: "\n") {
            let rest = String(line.dropFirst(4))
            if line.hasPrefix("-->") {
                pairs.append((rest, ""))
            } else {
                pairs[pairs.count - 1].answer = rest
            }
        }
        return pairs
    }

    @Test func `the fifteen exchanges of the specification go as it says`() throws {
        #expect(Self.specification.count == 15)
        let client = try daemon.connect()
        for (request, answer) in Self.specification {
            let lines = try answers(to: request + "\n")
            #expect(Self.brief(lines) == (answer.isEmpty ? [] : [answer]), "\(request)")
            // The same on a connection that goes on.
            client.send(line: request)
            if !answer.isEmpty {
                #expect(Self.brief([try client.readLine() ?? ""]) == [answer], "\(request)")
            }
            #expect(try client.result("ping") == ["ok": true])
        }
    }

    // MARK: What implementations get wrong

    static let mistakes: [(request: String, answer: String)] = [
        ("1", #"{"id":null,"error":-32600}"#),
        ("null", #"{"id":null,"error":-32600}"#),
        (#""x""#, #"{"id":null,"error":-32600}"#),
        ("{}", #"{"id":null,"error":-32600}"#),
        ("[ ]", #"{"id":null,"error":-32600}"#),
        ("[[]]", #"[{"id":null,"error":-32600}]"#),
        (#"{"jsonrpc":"2.0","method":"ping","id":[]}"#, #"{"id":null,"error":-32600}"#),
        (#"{"jsonrpc":"2.0","method":"ping","id":{}}"#, #"{"id":null,"error":-32600}"#),
        (#"{"jsonrpc":"2.0","method":"ping","id":true}"#, #"{"id":null,"error":-32600}"#),
        (#"{"id":1}"#, #"{"id":1,"error":-32600}"#),
        (#"{"method":"ping","id":1}"#, #"{"id":1,"error":-32600}"#),
        (#"{"jsonrpc":"1.0","method":"ping","id":1}"#, #"{"id":1,"error":-32600}"#),
        (#"{"jsonrpc":2.0,"method":"ping","id":1}"#, #"{"id":1,"error":-32600}"#),
        (#"{"jsonrpc":"2.0","id":1}"#, #"{"id":1,"error":-32600}"#),
        (#"{"jsonrpc":"2.0","method":"ping","params":"x","id":1}"#, #"{"id":1,"error":-32600}"#),
        (#"{"jsonrpc":"2.0","method":"ping","params":3,"id":1}"#, #"{"id":1,"error":-32600}"#),
        (#"{"jsonrpc":"2.0","method":"ping","params":true}"#, #"{"id":null,"error":-32600}"#),
        (
            #"{"jsonrpc":"2.0","method":"ping","params":null,"id":1}"#,
            #"{"id":1,"result":{"ok":true}}"#
        ),
        (#"{"jsonrpc":"2.0","method":"ping","id":null}"#, #"{"id":null,"result":{"ok":true}}"#),
        (#"{"jsonrpc":"2.0","method":"ping","id":1,"id":1}"#, #"{"id":null,"error":-32600}"#),
        (#"{"jsonrpc":"2.0","method":"ping","id":1,"\u0069d":2}"#, #"{"id":null,"error":-32600}"#),
        (#"{"jsonrpc":"2.0","method":"ping","method":"ping","id":1}"#, #"{"id":1,"error":-32600}"#),
        (
            #"{"jsonrpc":"2.0","method":"ping","params":[],"params":[],"id":1}"#,
            #"{"id":1,"error":-32600}"#
        ),
        (#"{"jsonrpc":"2.0","jsonrpc":"2.0","method":"ping","id":1}"#, #"{"id":1,"error":-32600}"#),
        (
            #"{"jsonrpc":"2.0","method":"ping","id":1,"x":1,"x":2,"trace":{"a":[]}}"#,
            #"{"id":1,"result":{"ok":true}}"#
        ),
        (
            #"{"json\u0072pc":"2\u002e0","m\u0065thod":"pin\u0067","id":1}"#,
            #"{"id":1,"result":{"ok":true}}"#
        ),
        (#"{"jsonrpc":"2.0","method":"\u0000ping","id":1}"#, #"{"id":1,"error":-32601}"#),
        (#"{"jsonrpc":"2.0","method":"","id":1}"#, #"{"id":1,"error":-32601}"#),
        (#"{"jsonrpc":"2.0","method":"PING","id":1}"#, #"{"id":1,"error":-32601}"#),
        (#"{"jsonrpc":"2.0","method":"ping","id":"\ud800"}"#, #"{"id":null,"error":-32700}"#),
        (#"{"jsonrpc":"2.0","method":"ping","id":1,}"#, #"{"id":null,"error":-32700}"#),
        (#"{"jsonrpc":"2.0","method":"ping","id":01}"#, #"{"id":null,"error":-32700}"#),
        (#"{"jsonrpc":"2.0","method":"ping","id":1}{}"#, #"{"id":null,"error":-32700}"#),
        (#"{"jsonrpc":"2.0","method":"ping","id":1} "#, #"{"id":1,"result":{"ok":true}}"#),
        (
            " \t{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":1}\r",
            #"{"id":1,"result":{"ok":true}}"#
        ),
        (
            "\u{FEFF}{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":1}",
            #"{"id":null,"error":-32700}"#
        ),
        (String(repeating: "[", count: 100_000), #"{"id":null,"error":-32600}"#),
        (String(repeating: "{\"a\":", count: 100_000), #"{"id":null,"error":-32600}"#),
        (#"[{"jsonrpc":"2.0","method":"ping","id":1},]"#, #"{"id":null,"error":-32700}"#),
        ("", ""), (" \t \r", ""), ("\r", ""),
        (#"{"jsonrpc":"2.0","method":"complete","params":{"prompt":5}}"#, ""),
        (#"{"jsonrpc":"2.0","method":"complete","params":{"prompt":"x","stream":true}}"#, ""),
        (#"{"jsonrpc":"2.0","method":"subscribe","params":[["log"]]}"#, ""),
        (#"{"jsonrpc":"2.0","method":"cancel","params":{"nope":1}}"#, ""),
    ]

    /// What has no place for notifications to go to.
    static let misplaced = pairs(
        """
        --> {"jsonrpc":"2.0","method":"complete","params":{"prompt":"x","stream":true},\
        "id":null}
        <-- {"id":null,"error":-32600}
        --> {"jsonrpc":"2.0","method":"complete","params":{"prompt":"x","progress":true},\
        "id":null}
        <-- {"id":null,"error":-32600}
        --> {"jsonrpc":"2.0","method":"subscribe","params":[["log"]],"id":null}
        <-- {"id":null,"error":-32600}
        --> [{"jsonrpc":"2.0","method":"complete","params":{"prompt":"x","stream":true},\
        "id":1}]
        <-- [{"id":1,"error":-32600}]
        --> [{"jsonrpc":"2.0","method":"complete","params":{"prompt":"x","progress":true},\
        "id":1}]
        <-- [{"id":1,"error":-32600}]
        --> [{"jsonrpc":"2.0","method":"subscribe","params":[["log"]],"id":1}]
        <-- [{"id":1,"error":-32600}]
        """)

    @Test func `every mistake gets its answer, and the connection goes on`() throws {
        let client = try daemon.connect()
        for (request, answer) in Self.mistakes + Self.misplaced {
            let expected = answer.isEmpty ? [] : [answer]
            #expect(
                Self.brief(try answers(to: request + "\n")) == expected, "\(request.prefix(99))")
            #expect(Self.brief(try answers(to: request)) == expected, "\(request.prefix(99))")
            client.send(line: request)
            if !answer.isEmpty {
                #expect(
                    Self.brief([try client.readLine() ?? ""]) == [answer], "\(request.prefix(99))")
            }
            #expect(try client.result("ping") == ["ok": true])
        }
    }

    @Test func `bytes that are no text are a parse error`() throws {
        let samples: [[UInt8]] = [
            [0], [0xFF], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0x22, 0x80, 0x22],
            [0x31, 0x00], [0x22, 0x00, 0x22], [0x22, 0x1F, 0x22], [0xFE, 0xFF, 0x00, 0x31],
        ]
        let client = try daemon.connect()
        for sample in samples {
            client.send(bytes: sample + [10])
            #expect(
                Self.brief([try client.readLine() ?? ""]) == [#"{"id":null,"error":-32700}"#],
                "\(sample)")
        }
        #expect(try client.result("ping") == ["ok": true])
    }

    // MARK: Ids

    @Test(arguments: [
        "0", "1", "-1", "1.0", "1e2", "1E+2", "-0", "-0.0e-0", "9007199254740993",
        "18446744073709551616", "123456789012345678901234567890", "1e400", "null", #""""#,
        #""a""#, #""\u0041""#, #""\u0000""#, #""\/""#, #""/""#, #""é\ud83d\ude00😀""#, #""null""#,
    ])
    func `an id comes back byte for byte`(_ id: String) throws {
        let asked = [
            ("ping", #""result":{"ok":true}}"#), ("nothing", #""error":{"code":-32601,"#),
            ("complete", #""error":{"code":-32602,"#), ("models.refresh", #""result":{"models":["#),
        ]
        for (method, rest) in asked {
            let request = #"{"jsonrpc":"2.0","method":"\#(method)","id":\#(id)}"#
            let expected = #"{"jsonrpc":"2.0","id":\#(id),\#(rest)"#
            #expect(try answers(to: request).first?.hasPrefix(expected) == true, "\(request)")
            #expect(try answers(to: "[\(request)]").first?.hasPrefix("[" + expected) == true)
        }
        #expect(
            try answers(to: #"{"jsonrpc":"2.0","id":\#(id)}"#).first?
                .hasPrefix(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32600,"#) == true)
    }

    @Test func `a notification that is streamed names the id byte for byte`() throws {
        let lines = try answers(
            to: #"{"jsonrpc":"2.0","id":"\u0041\/","method":"complete","#
                + #""params":{"prompt":"echo:x","stream":true,"progress":true}}"#)
        #expect(lines.count > 2)
        #expect(lines.dropLast().allSatisfy { $0.contains(#""params":{"id":"\u0041\/","#) })
        #expect(lines.last?.contains(#""id":"\u0041\/","result""#) == true)
    }

    @Test func `an id that is in flight cannot be used again`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "max_concurrent = 16")
        // Of each pair, whether the second is the first one again.
        let pairs: [(String, String, Bool)] = [
            (#""a""#, #""\u0061""#, true), (#""\/""#, #""/""#, true), ("7", "7", true),
            ("1", #""1""#, false), ("1", "1.0", false), ("1e2", "100", false),
            (#""é""#, #""\u00e9""#, true), (#""\u0000""#, #""\u0000""#, true),
            ("null", "null", false), ("0", "-0", false), (#""null""#, "null", false),
        ]
        for (first, second, isSame) in pairs {
            let client = try daemon.connect()
            func send(_ id: String) {
                client.send(
                    line: #"{"jsonrpc":"2.0","id":\#(id),"method":"complete","#
                        + #""params":["ready","x"]}"#)
            }
            send(first)
            let one = try server.acceptRequest()
            send(second)
            if isSame {
                let refusal = try #require(try client.readMessage())
                #expect(refusal["id"] == .null)
                #expect(refusal["error"]?["code"] == -32600)
                #expect(refusal["error"]?["data"]?["id"] == (try JSONValue(parsing: first)))
                // Methods that are answered at once are held to it too.
                client.send(line: #"{"jsonrpc":"2.0","id":\#(second),"method":"ping"}"#)
                #expect(try client.readMessage()?["error"]?["code"] == -32600)
            } else {
                try server.acceptRequest().answer("two")
                let line = try client.readLine()
                #expect(line?.hasPrefix(#"{"jsonrpc":"2.0","id":\#(second),"result""#) == true)
            }
            one.answer("one")
            let line = try client.readLine()
            #expect(line?.hasPrefix(#"{"jsonrpc":"2.0","id":\#(first),"result""#) == true)
            // Answered, it may be used again.
            client.send(line: #"{"jsonrpc":"2.0","id":\#(first),"method":"ping"}"#)
            #expect(try client.readLine()?.hasSuffix(#""result":{"ok":true}}"#) == true)
        }
        #expect(!server.isCalled)
    }

    /// Answers without what the specification leaves open: messages, and the data of errors.
    static func brief(_ lines: [String]) -> [String] {
        lines.map { line in
            guard let message = try? JSONValue(parsing: line) else { return "not JSON: \(line)" }
            guard let elements = message.arrayValue else { return brief(message) }
            return "[" + elements.map(brief).joined(separator: ",") + "]"
        }
    }

    private static func brief(_ answer: JSONValue) -> String {
        let id = answer["id"]?.text ?? "no id"
        if let code = answer["error"]?["code"] { return #"{"id":\#(id),"error":\#(code.text)}"# }
        return #"{"id":\#(id),"result":\#(answer["result"]?.text ?? "none")}"#
    }
}
