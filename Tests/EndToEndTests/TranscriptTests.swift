import CrowdModelsProtocol
import Testing

/// docs/transcripts is an executable specification: each exchange goes as it is written there.
@Suite struct TranscriptTests {
    /// The daemon that the transcripts speak with.
    private static func daemon(
        _ simulator: SimulatorProcess, _ slow: SimulatorProcess
    ) throws -> DaemonProcess {
        let daemon = try DaemonProcess(
            """
            default_model = "llama-2-7b-chat"
            [aliases]
            fast = "llama-2-7b-chat"
            [limits]
            batch_max = 3
            depth_max = 12
            [discovery]
            enabled = false
            interval = 3600
            [[llm_backends]]
            name = "lmstudio"
            endpoint = "\(simulator.url)/api/v0"
            [[llm_backends]]
            name = "slow"
            kind = "openai"
            endpoint = "\(slow.url)/v1"
            [[llm_backends]]
            name = "away"
            kind = "openai"
            endpoint = "http://127.0.0.1:9/v1"
            """)
        try daemon.waitForLog(containing: "Initialized LLM client for backend", times: 3)
        return daemon
    }

    @Test(arguments: Transcript.names)
    func `a transcript goes as it is written`(_ name: String) throws {
        let simulator = try SimulatorProcess()
        let slow = try SimulatorProcess(
            "--model", "sleepy,state=loaded", "--first-token-delay", "3600")
        let daemon = try Self.daemon(simulator, slow)
        let client = try daemon.connect()
        let steps = try Transcript(name).steps
        #expect(!steps.isEmpty)
        for (index, step) in steps.enumerated() {
            if step.isSent {
                client.send(line: step.text)
                // Where nothing is said to come, nothing may come before the next answer does.
                let isFollowed = index + 1 < steps.count && steps[index + 1].isSent == false
                if !isFollowed { try expectSilence(client, daemon, "\(name).txt:\(step.line)") }
            } else {
                let line = try #require(try client.readLine(), "\(name).txt:\(step.line)")
                #expect(
                    try Transcript.matches(step.text, line), "\(name).txt:\(step.line): \(line)")
            }
        }
        client.finishSending()
        // What is left are the answers of requests that nobody in the transcript waited for.
        #expect(try client.isAtEnd())
    }

    private func expectSilence(
        _ client: SocketClient, _ daemon: DaemonProcess, _ place: String
    ) throws {
        // Only a method that is answered at once can tell: its answer is the next line.
        client.send(line: #"{"jsonrpc":"2.0","id":"silence","method":"ping"}"#)
        #expect(
            try client.readLine() == #"{"jsonrpc":"2.0","id":"silence","result":{"ok":true}}"#,
            "\(place)")
    }

    @Test func `every method and the main errors have a transcript`() throws {
        let steps = try Transcript.names.flatMap { try Transcript($0).steps }
        for method in Method.all {
            let call = #""method":"\#(method.name)""#
            #expect(
                steps.contains { $0.isSent && $0.text.utf8Range(of: call) != nil }, "\(call)")
        }
        for notification in ServerNotification.allCases {
            let note = #""method":"\#(notification.name)""#
            #expect(steps.contains { !$0.isSent && $0.text.utf8Range(of: note) != nil }, "\(note)")
        }
        let errors: [ErrorCode] = [
            .parseError, .invalidRequest, .methodNotFound, .invalidParams, .cancelled,
            .modelNotFound, .backendUnavailable, .unsupported, .timeout,
        ]
        for error in errors {
            let code = #""code":\#(error.code),"#
            #expect(steps.contains { !$0.isSent && $0.text.utf8Range(of: code) != nil }, "\(code)")
        }
    }

    @Test func `a placeholder stands for its kind and for nothing else`() throws {
        let samples: [(String, String, Bool)] = [
            ("<number>", "1.5", true), ("<number>", #""1""#, false), (#""<text>""#, #""x""#, true),
            (#""<text>""#, "1", false), ("1.0", "1", false), ("[1,…]", "[1]", true),
            ("[1,…]", "[1,2]", true), ("[1,…]", "[2]", false), ("[1]", "[1,2]", false),
            ("{…}", #"{"a":1}"#, true), (#"{"a":1}"#, #"{"a":1,"b":2}"#, false),
            (#"{"a":1,…}"#, #"{"b":2,"a":1}"#, true), (#"{"a":1,…}"#, #"{"b":2}"#, false),
        ]
        for (expected, line, isMatch) in samples {
            #expect(try Transcript.matches(expected, line) == isMatch, "\(expected) \(line)")
        }
    }
}
