import CrowdModelsProtocol
import Glibc
import Testing

/// Every error that a client can meet carries what the protocol promises of its code.
@Suite struct FaultTests {
    /// What the data of each code holds; `kind` and `retryable` are held to by every test.
    struct Promise {
        let code: ErrorCode
        let members: [String]
        /// Faults of the simulator, arguments of its own, and keys of the backend.
        var faults = "[]"
        var arguments: [String] = []
        var backend = ""
        var top = ""
        var params: JSONValue = ["prompt": "Hi"]
    }

    static let chat = "path=/api/v0/chat/completions"

    static let promises: [Promise] = [
        Promise(
            code: .invalidParams, members: ["parameter", "nearest"], params: ["promt": "Hi"]),
        Promise(
            code: .modelNotFound, members: ["nearest"], params: ["prompt": "Hi", "model": "x"]),
        Promise(
            code: .modelNotFound, members: ["choices"],
            arguments: ["--model", "a", "--model", "b"]),
        Promise(
            code: .backendUnavailable, members: ["backend", "retry_after_ms"],
            faults: #"["no-models,\#(chat)"]"#),
        Promise(
            code: .backendUnavailable, members: ["backend", "retry_after_ms"],
            faults: #"["503=2,\#(chat)"]"#),
        Promise(
            code: .backendError, members: ["backend", "status", "backend_message"],
            faults: #"["500,\#(chat)"]"#),
        Promise(
            code: .backendError, members: ["backend", "status"],
            faults: #"["garbage=0,\#(chat)"]"#),
        Promise(code: .backendAuth, members: ["backend"], faults: #"["401,\#(chat)"]"#),
        Promise(
            code: .rateLimited, members: ["backend", "retry_after_ms"],
            faults: #"["429=7,\#(chat)"]"#),
        Promise(
            code: .timeout, members: ["phase"], faults: #"["hang,\#(chat)"]"#,
            params: ["prompt": "Hi", "timeout_ms": 30]),
        Promise(
            code: .contextOverflow, members: ["context_length", "prompt_tokens"],
            arguments: ["--model", "tiny,state=loaded,ctx=10"],
            params: ["prompt": .string(String(repeating: "word ", count: 100))]),
        Promise(
            code: .unsupported, members: ["what"],
            params: ["prompt": "Hi", "model": "text-embedding-nomic-embed-text-v1.5"]),
        Promise(
            code: .streamInterrupted, members: ["content"], faults: #"["cut=2"]"#,
            params: ["prompt": "tokens:9", "stream": true]),
    ]

    @Test(arguments: promises.indices)
    func `an error's data holds what its code promises`(_ index: Int) throws {
        let promise = Self.promises[index]
        let simulator = try SimulatorProcess(promise.arguments)
        let daemon = try DaemonProcess(simulator, backend: promise.backend, promise.top)
        try daemon.waitForLog(containing: "Initialized LLM client")
        try simulator.setFaults(promise.faults)
        let client = try daemon.connect()
        let error = try client.error("complete", promise.params)
        #expect(error["code"]?.integerValue == promise.code.code)
        #expect(error["data"]?["kind"]?.stringValue == promise.code.kind)
        for member in promise.members {
            #expect(error["data"]?[member] != nil, "\(member) is missing: \(error.text)")
        }
        #expect(try client.result("ping") == ["ok": true])
    }

    @Test func `a wait that does not fit is refused at once with what is predicted`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(backend: "max_concurrent = 1\nrate_limit = 1")
        let client = try daemon.connect()
        let id = client.start("complete", ["ready", "x"])
        let connection = try server.acceptRequest()
        // What it takes is what the next one is predicted to take.
        _ = poll(nil, 0, 60)
        connection.answer("y")
        _ = try client.answer(to: id)
        for params: JSONValue in [
            ["model": "ready", "prompt": "x", "deadline_ms": 1000],
            ["model": "ready", "prompt": "x", "timeout_ms": 1000],
        ] {
            let error = try client.error("complete", params)
            #expect(error["code"] == 1006)
            #expect(error["data"]?["backend"] == "scripted")
            #expect(error["data"]?["retry_after_ms"]?.integerValue ?? 0 > 0)
        }
        let other = ScriptedServer()
        let unlimited = try other.daemon(backend: "max_concurrent = 1")
        let caller = try unlimited.connect()
        let first = caller.start("complete", ["ready", "x"])
        let slow = try other.acceptRequest()
        _ = poll(nil, 0, 60)
        slow.answer("y")
        _ = try caller.answer(to: first)
        let late = try caller.error(
            "complete", ["model": "ready", "prompt": "x", "deadline_ms": 10])
        #expect(late["code"] == 1015)
        #expect(late["data"]?["predicted_ms"]?.integerValue ?? 0 > 10)
        #expect(late["data"]?["retry_after_ms"] != nil)
        #expect(!other.isCalled)
    }

    @Test func `with no backend at all it says where it looked`() throws {
        let daemon = try DaemonProcess("[discovery]\nenabled = false\n")
        let client = try daemon.connect()
        let error = try client.error("complete", ["prompt": "x"])
        #expect(error["code"] == 1002)
        #expect(error["data"]?["probed"]?.arrayValue != nil)
        #expect(try client.result("models.list") == ["models": []])
        #expect(try client.result("backends.list") == ["backends": []])
    }

    @Test func `a daemon that stops says so to who waits`() throws {
        let server = ScriptedServer()
        let daemon = try server.daemon(
            backend: "max_concurrent = 1", "[server]\nshutdown_timeout = 0.2")
        let client = try daemon.connect()
        let first = client.start("complete", ["model": "ready", "prompt": "x", "stream": true])
        let connection = try server.acceptRequest()
        connection.beginStream()
        connection.sendToken("so far")
        #expect(try client.nextNotification("complete.delta")["content"] == "so far")
        let second = client.start("complete", ["ready", "y"])
        try client.wait(untilStatus: "queued", is: 1)
        daemon.child.signal(15)
        let queued = try client.answer(to: second)["error"]
        #expect(queued?["code"] == 1012)
        #expect(queued?["data"]?["kind"] == "shutting_down")
        #expect(try client.error("complete", ["ready", "z"])["code"] == 1012)
        let running = try client.answer(to: first)["error"]
        #expect(running?["code"] == 1012)
        #expect(running?["data"]?["content"] == "so far")
        #expect(try daemon.waitForExit() == 0)
    }
}
