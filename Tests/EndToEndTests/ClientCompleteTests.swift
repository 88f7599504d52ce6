import CrowdModelsProtocol
import Glibc
import Testing

/// `crowd-models complete`: prompts in, text out, Ctrl-C.
@Suite struct ClientCompleteTests {
    let folder = TestFolder()

    /// Answers each completion with this text, streamed if that is asked for.
    private func standIn(_ text: String = "fine", pieces: [String]? = nil) -> StandInDaemon {
        StandInDaemon(in: folder) { request in
            let id = request["id"]!
            let isStream = request["params"]?["stream"] == true
            let deltas = (isStream ? pieces ?? [text] : []).enumerated().map { index, piece in
                StandInDaemon.note(
                    "complete.delta",
                    ["id": id, "seq": .integer(index), "content": .string(piece)])
            }
            return .lines(deltas + [StandInDaemon.result(id, StandInDaemon.completion(text))])
        }
    }

    @Test(arguments: [
        (["a", "b"], "", "a b"),
        ([], "in\n", "in"),
        ([], "in\r\n", "in"),
        ([], "in\n\n", "in\n"),
        (["a"], "in\nput\n", "a\n\nin\nput"),
        (["a"], "\n", "a"),
        ([], "\u{0}é\"\\", "\u{0}é\"\\"),
    ])
    func `the prompt is the words, the input, or both`(
        words: [String], input: String, prompt: String
    ) throws {
        let daemon = standIn()
        let run = try ClientRun(["complete"] + words, socket: daemon.path, input: input)
        #expect(run.status == 0)
        #expect(run.output == "fine\n")
        #expect(run.errors.isEmpty)
        #expect(daemon.received.first?["params"] == ["prompt": .string(prompt), "stream": true])
    }

    @Test func `every option reaches the daemon`() throws {
        let daemon = standIn()
        folder.write("schema", #"{"type": "object", "minimum": 1.50}"#)
        let arguments =
            "complete -m M -s S -t 0.25 -n 7 --seed -3 --backend B --tag T --priority batch "
            + "--timeout 12.5 --no-stream --schema \(folder.path)/schema hi"
        let run = try ClientRun(
            arguments.split(separator: " ").map(String.init), socket: daemon.path)
        #expect(run.output == "fine\n")
        let params = try #require(daemon.received.first?["params"])
        let expected: JSONObject = [
            "model": "M", "system_prompt": "S", "temperature": 0.25, "max_tokens": 7, "seed": -3,
            "backend": "B", "tag": "T", "priority": "batch", "timeout_ms": 12500, "prompt": "hi",
            "response_format": [
                "type": "json_schema",
                "json_schema": [
                    "name": "answer", "strict": true,
                    "schema": ["type": "object", "minimum": .number("1.50")],
                ],
            ],
        ]
        #expect(params.objectValue?.members.count == expected.members.count)
        for member in expected.members { #expect(params[member.name] == member.value) }
    }

    @Test(arguments: [
        ("\\211PNG\\015\\012\\032\\012ab", "data:image/png;base64,iVBORw0KGgphYg=="),
        ("\\377\\330\\377\\340", "data:image/jpeg;base64,/9j/4A=="),
        ("GIF89a", "data:image/gif;base64,R0lGODlh"),
        ("RIFF....WEBP", "data:image/webp;base64,UklGRi4uLi5XRUJQ"),
    ])
    func `pictures travel as data URLs`(bytes: String, url: String) throws {
        let daemon = standIn()
        let line =
            "printf '\(bytes)' > \(folder.path)/p; "
            + "\"$C\" --socket \(daemon.path) complete --image \(folder.path)/p what </dev/null"
        #expect(try ClientRun(shell: line).status == 0)
        let content = daemon.received.first?["params"]?["messages"]?[0]?["content"]
        #expect(content?[0] == ["type": "text", "text": "what"])
        #expect(content?[1]?["image_url"]?["url"]?.stringValue == url)
    }

    @Test(arguments: [("", ""), ("a", "a\n"), ("a\n", "a\n"), ("a\n\n", "a\n\n"), ("\n", "\n")])
    func `the text ends its line, and not twice`(text: String, output: String) throws {
        let daemon = standIn(text)
        for arguments in [["complete", "hi"], ["complete", "--no-stream", "hi"]] {
            #expect(try ClientRun(arguments, socket: daemon.path).output == output)
        }
    }

    @Test func `a pipe gets the text to the byte, a terminal no control characters`() throws {
        let daemon = standIn("", pieces: ["a\u{1B}[31m", "\tb\u{9B}\n", "c\u{7}"])
        let piped = try ClientRun(["complete", "hi"], socket: daemon.path)
        #expect(piped.output == "a\u{1B}[31m\tb\u{9B}\nc\u{7}\n")

        let terminal = try Terminal()
        let line = "\"$C\" --socket \(daemon.path) complete hi </dev/null >\(terminal.path)"
        #expect(try ClientRun(shell: line).status == 0)
        #expect(try terminal.text() == "a\\u{1b}[31m\tb\\u{9b}\r\nc\\u{7}\r\n")
    }

    @Test func `reasoning is dimmed on a terminal and nowhere else`() throws {
        let daemon = StandInDaemon(in: folder) { request in
            let id = request["id"]!
            let deltas = [("reasoning", "hmm"), ("content", "yes")].map { name, text in
                StandInDaemon.note("complete.delta", ["id": id, "seq": 0, name: .string(text)])
            }
            return .lines(deltas + [StandInDaemon.result(id, StandInDaemon.completion("yes"))])
        }
        let piped = try ClientRun(["complete", "hi"], socket: daemon.path)
        #expect(piped.output == "yes\n")
        #expect(piped.errors.isEmpty)
        let terminal = try Terminal()
        let line =
            "TERM=xterm \"$C\" --socket \(daemon.path) complete hi </dev/null 2>\(terminal.path)"
        #expect(try ClientRun(shell: line).output == "yes\n")
        #expect(try terminal.text() == "\u{1B}[2mhmm\u{1B}[0m\r\n\r\n")
    }

    @Test func `--json prints deltas and then the result, --no-stream the result alone`() throws {
        let daemon = standIn("one two", pieces: ["one ", "two"])
        let stream = try ClientRun(["--json", "complete", "hi"], socket: daemon.path)
        #expect(
            stream.json.dropLast().compactMap { $0["content"]?.stringValue } == ["one ", "two"])
        #expect(stream.json.map { $0["seq"]?.integerValue } == [0, 1, nil])
        #expect(stream.json.last == StandInDaemon.completion("one two"))
        let whole = try ClientRun(["complete", "hi", "--json", "--no-stream"], socket: daemon.path)
        #expect(whole.json == [StandInDaemon.completion("one two")])
    }

    @Test func `--stats says tokens, speed, times and who served`() throws {
        let daemon = standIn()
        let run = try ClientRun(["complete", "--stats", "hi"], socket: daemon.path)
        #expect(run.output == "fine\n")
        #expect(
            run.errors == "3 prompt tokens, 4 tokens, 31.2 tokens/s, first token after 250 ms, "
                + "queued 0 s, total 1.50 s, ended by stop, m on b\n")
    }

    @Test func `a stream that breaks off leaves its text, one that was not streamed too`() throws {
        let daemon = StandInDaemon(in: folder) { request in
            let id = request["id"]!
            let error: JSONValue = [
                "code": 1014, "message": "it broke off",
                "data": ["kind": "stream_interrupted", "retryable": true, "content": "half"],
            ]
            let delta = StandInDaemon.note(
                "complete.delta", ["id": id, "seq": 0, "content": "half"])
            let isStream = request["params"]?["stream"] == true
            return .lines((isStream ? [delta] : []) + [StandInDaemon.error(id, error)])
        }
        for arguments in [["complete", "hi"], ["complete", "--no-stream", "hi"]] {
            let run = try ClientRun(arguments, socket: daemon.path)
            #expect(run.status == 1)
            #expect(run.output == "half\n")
            #expect(run.errors == "crowd-models: it broke off\n")
        }
    }

    @Test func `files, messages and any parameter reach the daemon`() throws {
        let daemon = standIn()
        folder.write("a", "first\n")
        folder.write("chat", #"{"messages": [{"role": "user", "content": "hi"}]}"#)
        let file = "\(folder.path)/a"
        let run = try ClientRun(
            ["complete", "-f", file, "-f", file, "sum", "up", "-o", "top_p=0.9", "-"],
            socket: daemon.path, input: "in\n")
        #expect(run.output == "fine\n")
        #expect(
            daemon.received.last?["params"]
                == ["prompt": "sum up\n\nfirst\n\nfirst\n\nin", "stream": true, "top_p": 0.9])
        let chat = ["complete", "--messages", "\(folder.path)/chat", "-o", "stream=false"]
        #expect(try ClientRun(chat + ["go on"], socket: daemon.path).status == 0)
        let params = try #require(daemon.received.last?["params"])
        #expect(params["messages"]?.arrayValue?.map { $0["content"] } == ["hi", "go on"])
        #expect(params["prompt"] == nil && params["stream"] == false)
    }

    @Test func `the user's own default model is asked where none is named`() throws {
        let daemon = standIn()
        let environment = ["CROWD_MODELS_MODEL": "mine"]
        for arguments in [["complete", "hi"], ["complete", "-m", "other", "hi"]] {
            _ = try ClientRun(arguments, socket: daemon.path, environment: environment)
        }
        #expect(daemon.received.map { $0["params"]?["model"] } == ["mine", "other"])
    }

    @Test func `a part of a name that one model has is enough`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        let path = daemon.socketPath
        let run = try ClientRun(["complete", "-m", "LLAMA", "echo:yes"], socket: path)
        #expect(run.output == "yes\n")
        let several = try ClientRun(["complete", "-m", "7b", "echo:no"], socket: path)
        #expect(several.status == 1)
        #expect(several.errors.contains("llama-2-7b-chat, mistral-7b-instruct"))
        #expect(try ClientRun(["complete", "-m", "gpt", "x"], socket: path).status == 1)
        #expect(try ClientRun(["show", "nomic"], socket: path).status == 0)
    }

    @Test func `whoever waits at a terminal is told for what, until the first token`() throws {
        let simulator = try SimulatorProcess("--load-time", "1")
        let daemon = try DaemonProcess(simulator)
        let terminal = try Terminal()
        let line =
            "TERM=xterm \"$C\" --socket \(daemon.socketPath) complete -m mistral-7b-instruct "
            + "echo:yes </dev/null 2>\(terminal.path)"
        #expect(try ClientRun(shell: line).output == "yes\n")
        let shown = try terminal.text()
        #expect(shown.contains("loading mistral-7b-instruct"))
        // The last that is written takes it away again.
        #expect(shown.hasSuffix("\r"))
        #expect(shown.split(separator: "\r").last?.allSatisfy { $0 == " " } == true)
    }

    @Test func `a message is never glued to the text before it`() throws {
        let daemon = StandInDaemon(in: folder) { request in
            .lines([
                StandInDaemon.note(
                    "complete.delta", ["id": request["id"]!, "seq": 0, "content": "half"])
            ])
        }
        let line = "\"$C\" --socket \(daemon.path) --timeout 0.3 complete hi </dev/null 2>&1"
        let run = try ClientRun(shell: line)
        #expect(run.status == 75)
        #expect(run.output == "half\ncrowd-models: not done after 300 ms (--timeout)\n")
    }

    @Test func `what hides text by turning it around is shown as what it is`() throws {
        let daemon = standIn("a\u{202E}b\u{2066}c\u{200F}d")
        let terminal = try Terminal()
        let line = "\"$C\" --socket \(daemon.path) complete hi </dev/null >\(terminal.path)"
        #expect(try ClientRun(shell: line).status == 0)
        #expect(try terminal.text() == "a\\u{202e}b\\u{2066}c\u{200F}d\r\n")
        #expect(
            try ClientRun(["complete", "hi"], socket: daemon.path).output
                == "a\u{202E}b\u{2066}c\u{200F}d\n")
    }

    @Test func `Ctrl-C cancels the request at the daemon and exits 130`() throws {
        let daemon = StandInDaemon(in: folder) { request in
            let id = request["id"]!
            guard request["method"] == "cancel" else {
                let delta = StandInDaemon.note(
                    "complete.delta", ["id": id, "seq": 0, "content": "half"])
                return .lines([delta])
            }
            return .lines([
                StandInDaemon.result(id, ["cancelled": true]),
                StandInDaemon.result(1, StandInDaemon.completion("half", "cancelled")),
            ])
        }
        let child = try ClientRun.start(["--json", "complete", "hi"], socket: daemon.path)
        child.closeInput()
        #expect(try child.readLine().contains("half"))
        child.signal(SIGINT)
        let result = try JSONValue(parsing: try child.readToEnd())
        #expect(result["finish_reason"] == "cancelled")
        #expect(child.wait() == 130)
        #expect(daemon.received("cancel").map { $0["params"] } == [["id": 1]])
    }

    @Test func `Ctrl-C before the first token ends the same way`() throws {
        let asked = "\(folder.path)/asked"
        let daemon = StandInDaemon(in: folder) { request in
            guard request["method"] == "cancel" else {
                close(creat(asked, 0o600))
                return .silence
            }
            let error: JSONValue = ["code": -32800, "message": "cancelled", "data": [:]]
            return .lines([StandInDaemon.error(1, error)])
        }
        let line =
            "\"$C\" --socket \(daemon.path) complete hi </dev/null & "
            + "until [ -e \(asked) ]; do sleep 0.01; done; kill -INT $!; wait $!"
        let run = try ClientRun(shell: line)
        #expect(run.status == 130)
        #expect(run.output.isEmpty)
        #expect(daemon.received("cancel").count == 1)
    }

    @Test func `the real daemon serves it whole, streamed and cancelled`() throws {
        let simulator = try SimulatorProcess("--token-rate", "200")
        let daemon = try DaemonProcess(simulator)
        let path = daemon.socketPath
        let prompt = "echo:Zürich שלום 🙂"
        for arguments in [["complete", prompt], ["complete", "--no-stream", prompt]] {
            let run = try ClientRun(arguments, socket: path)
            #expect(run.output == "Zürich שלום 🙂\n")
            #expect(run.errors.isEmpty)
        }
        let json = try ClientRun(["--json", "complete", prompt], socket: path).json
        let text = json.dropLast().compactMap { $0["content"]?.stringValue }.joined()
        #expect(text == "Zürich שלום 🙂")
        #expect(json.last?["content"]?.stringValue == text)

        let child = try ClientRun.start(["--json", "complete", "tokens:9999"], socket: path)
        child.closeInput()
        #expect(try child.readLine().contains("content"))
        child.signal(SIGINT)
        let lines = try child.readToEnd().split(separator: "\n")
        #expect(child.wait() == 130)
        let last = try JSONValue(parsing: String(try #require(lines.last)))
        #expect(last["finish_reason"] == "cancelled")
        let stats = try ClientRun(["--json", "stats"], socket: path).json[0]
        #expect(stats["requests"]?["cancelled"] == 1)
        #expect(stats["in_flight"] == 0)
    }
}
