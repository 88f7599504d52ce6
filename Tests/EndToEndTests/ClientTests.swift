import CrowdModelsProtocol
import Glibc
import Testing

/// The client's command line, its exit codes and what it prints, mostly against a stand-in.
@Suite struct ClientTests {
    let folder = TestFolder()

    @Test func `the help is true: it lists what there is and each command explains itself`() throws
    {
        let help = try ClientRun(["help"])
        #expect(help.status == 0)
        #expect(try ClientRun(["--help"]).output == help.output)
        let commands = help.lines.drop { $0 != "Ask a model:" }.prefix {
            !$0.hasPrefix("Options")
        }.filter { $0.hasPrefix("  ") }.map { String($0.split(separator: " ")[0]) }
        #expect(Set(commands).count == commands.count)
        #expect(commands.contains("complete") && commands.contains("help"))
        for command in commands {
            let help = try ClientRun(["help", command])
            #expect(help.status == 0)
            #expect(help.output.hasPrefix("crowd-models \(command)"))
            #expect(try ClientRun([command, "-h"]).output == help.output)
        }
        #expect(help.lines.allSatisfy { $0.count <= 78 })
    }

    @Test func `call's help names every method`() throws {
        let words = try ClientRun(["help", "call"]).output.split { $0 == " " || $0 == "\n" }
        for method in Method.all { #expect(words.contains("\(method.name)")) }
    }

    @Test(arguments: [
        (["pnig"], "did you mean ping?"),
        (["modles"], "did you mean models?"),
        (["ls"], "crowd-models models"),
        (["--json"], "no command"),
        (["--sockte", "x", "ping"], "did you mean --socket?"),
        (["complete", "--modle", "x"], "did you mean --model?"),
        (["-m", "x", "complete", "hi"], "follow its name"),
        (["complete", "--top-p", "1", "x"], "-o top_p=VALUE"),
        (["complete", "-o", "top_q=1", "x"], "did you mean top_"),
        (["complete", "-o", "top_p=2", "x"], "`top_p`"),
        (["complete", "-5 degrees?"], "put -- before"),
        (["ping", "--json=yes"], "takes no value"),
        (["ping", "--socket"], "needs a value"),
        (["ping", "extra"], "one word too many"),
        (["show"], "something is missing"),
        (["--timeout", "soon", "ping"], "takes a number"),
        (["--timeout", "0", "ping"], "above 0"),
        (["complete", "-n", "1.5", "hi"], "takes an integer"),
        (["complete", "-t", "nan", "hi"], "takes a number"),
        (["complete", "--priority", "high", "hi"], "interactive, batch"),
        (["models", "--type", "gguf"], "llm, vlm"),
        (["stats", "--window", "2m"], "1m, 5m"),
        (["events", "weather"], "unknown topic"),
        (["help", "pnig"], "did you mean ping?"),
        (["complete"], "no prompt"),
    ])
    func `a wrong command line says what is wrong and exits 64`(
        arguments: [String], hint: String
    ) throws {
        let run = try ClientRun(arguments, socket: "/nonexistent")
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(arguments == ["--json"] || run.errors.hasPrefix("crowd-models: "))
        #expect(run.errors.contains(hint), "\(run.errors)")
        #expect(run.errors.utf8.count { $0 == 10 } == 1)
    }

    @Test func `without a command it says how it is used, and exits 64`() throws {
        let run = try ClientRun([])
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors == (try ClientRun(["help"]).output))
    }

    static let exitCodes: [(ErrorCode, Int32)] = [
        (.parseError, 65), (.invalidRequest, 65), (.methodNotFound, 1), (.invalidParams, 65),
        (.internalError, 1), (.cancelled, 1), (.unsupportedProtocolVersion, 1), (.modelNotFound, 1),
        (.noBackend, 69),
        (.backendUnavailable, 69), (.backendError, 1), (.backendAuth, 77), (.rateLimited, 75),
        (.busy, 75), (.timeout, 75), (.contextOverflow, 65), (.unsupported, 1),
        (.permissionDenied, 77), (.shuttingDown, 75), (.limitExceeded, 75),
        (.streamInterrupted, 1), (.deadlineUnreachable, 75),
    ]

    @Test(arguments: exitCodes)
    func `each error of the daemon has its exit code`(code: ErrorCode, status: Int32) throws {
        #expect(ClientTests.exitCodes.map(\.0) == ErrorCode.all)
        let daemon = StandInDaemon(in: folder, error: code, "it did not work")
        for arguments in [["models"], ["complete", "hi"], ["call", "status"]] {
            let run = try ClientRun(arguments, socket: daemon.path)
            let isUnknown = code == .methodNotFound && arguments[0] == "call"
            #expect(run.status == (isUnknown ? 64 : status))
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("it did not work"))
        }
        let json = try ClientRun(["--json", "models"], socket: daemon.path)
        let error = try JSONValue(parsing: json.errors)
        #expect(error["code"]?.integerValue == code.code)
        #expect(error["data"]?["kind"]?.stringValue == code.kind)
    }

    @Test func `bad data exits 65 and names it`() throws {
        folder.write("picture", "no picture")
        folder.write("schema", "{")
        folder.write("list", "[]")
        let path = folder.path
        let samples: [([String], String)] = [
            (["call", "ping", "{"], "unexpected end of the text at byte 1"),
            (["call", "ping", "3"], "an object or an array"),
            (["call", "ping", "-"], "standard input is not valid"),
            (["complete", "--image", "\(path)/picture", "hi"], "is no picture"),
            (["complete", "--image", "\(path)/none", "hi"], "No such file"),
            (["complete", "--schema", "\(path)/schema", "hi"], "not valid JSON"),
            (["complete", "--schema", "\(path)/list", "hi"], "it is an array"),
            (["complete", "--schema", path, "hi"], "Is a directory"),
        ]
        for (arguments, hint) in samples {
            let run = try ClientRun(arguments, socket: "/nonexistent")
            #expect(run.status == 65)
            #expect(run.errors.contains(hint), "\(run.errors)")
        }
        let shell = "printf 'a\\377b' | \"$C\" complete"
        #expect(try ClientRun(shell: shell).errors.contains("not UTF-8"))
        let argument = try ClientRun(shell: "\"$C\" complete \"$(printf 'a\\377b')\" </dev/null")
        #expect(argument.status == 65)
    }

    @Test func `without a daemon it says where it looked and how to start one, exit 69`() throws {
        let run = try ClientRun(["ping"], socket: "\(folder.path)/none")
        #expect(run.status == 69)
        #expect(run.errors.contains("\(folder.path)/none"))
        #expect(run.errors.contains("crowd-models-executor"))
        let json = try ClientRun(["--json", "ping"], socket: "\(folder.path)/none")
        #expect(try JSONValue(parsing: json.errors)["data"]?["exit_code"] == 69)

        let file = folder.write("file", "")
        let stale = try ClientRun(["ping"], socket: file)
        #expect(stale.status == 69)
        #expect(stale.errors.contains("is no socket"))
    }

    @Test func `a daemon that goes away, or is none, is no success`() throws {
        let closing = StandInDaemon(in: folder, name: "a") { _ in .closing([]) }
        let run = try ClientRun(["ping"], socket: closing.path)
        #expect(run.status == 69)
        #expect(run.errors.contains("closed the connection"))
        let strange = StandInDaemon(in: folder, name: "b") { _ in .lines(["HTTP/1.1 400"]) }
        #expect(try ClientRun(["ping"], socket: strange.path).status == 1)
        let full = StandInDaemon(in: folder, name: "c") { _ in
            let error: JSONValue = [
                "code": 1013, "message": "too many", "data": ["kind": "limit_exceeded"],
            ]
            return .closing([StandInDaemon.error(.null, error)])
        }
        #expect(try ClientRun(["ping"], socket: full.path).status == 75)
    }

    @Test func `--timeout bounds the whole command, exit 75`() throws {
        let silent = StandInDaemon(in: folder) { _ in .silence }
        let run = try ClientRun(["ping", "--timeout", "0.05"], socket: silent.path)
        #expect(run.status == 75)
        #expect(run.errors == "crowd-models: not done after 50.0 ms (--timeout)\n")
        let endless = try ClientRun.start(["--timeout=0.05", "complete"], socket: silent.path)
        #expect(endless.wait() == 75)
    }

    @Test func `what cannot be written exits 73`() throws {
        let full = try ClientRun(shell: "\"$C\" help >/dev/full")
        #expect(full.status == 73)
        #expect(full.errors.contains("No space left"))
        #expect(try ClientRun(shell: "\"$C\" help >&-").status == 73)
    }

    @Test func `a reader that has gone ends it as it ends other tools`() throws {
        let daemon = StandInDaemon(in: folder) { request in
            let id = request["id"]!
            let text = String(repeating: "text ", count: 100)
            return .lines(
                (0..<2000).map {
                    StandInDaemon.note(
                        "complete.delta",
                        ["id": id, "seq": .integer($0), "content": .string(text)])
                })
        }
        for prefix in ["", "trap '' PIPE; "] {
            let line =
                "\(prefix)( \"$C\" --socket \(daemon.path) complete hi; echo \"status $?\" >&2 ) "
                + "| head -c 1"
            let run = try ClientRun(shell: line)
            #expect(run.output == "t")
            #expect(run.errors == "status 141\n")
        }
    }

    @Test func `names and messages cannot move the cursor`() throws {
        let evil = "evil\u{1B}[2J\u{9B}31m\u{202E}\u{7F}\r\nname"
        let shown = "evil\\u{1b}[2J\\u{9b}31m\\u{202e}\\u{7f}\\u{d}\\u{a}name"
        let daemon = StandInDaemon(in: folder) { request in
            let model: JSONValue = [
                "id": .string(evil), "backend": "b", "type": "llm", "state": "loaded",
            ]
            return .lines([StandInDaemon.result(request["id"]!, ["models": [model]])])
        }
        let table = try ClientRun(["models"], socket: daemon.path)
        #expect(table.output.contains(shown))
        #expect(table.lines.count == 2)
        let json = try ClientRun(["--json", "models"], socket: daemon.path)
        #expect(json.json.first?["models"]?[0]?["id"]?.stringValue == evil)
        for byte in json.output.utf8.dropLast() { #expect(byte >= 0x20 && byte != 0x7F) }
        #expect(!json.output.unicodeScalars.contains("\u{9B}"))

        let failing = StandInDaemon(in: folder, name: "b", error: .backendError, evil)
        let error = try ClientRun(["models"], socket: failing.path)
        #expect(error.errors == "crowd-models: \(shown)\n")
        #expect(try ClientRun(["\u{1B}]0;x"]).errors.contains("\\u{1b}]0;x"))
    }

    @Test func `call prints the result, what comes before it, and errors as JSON`() throws {
        let daemon = StandInDaemon(in: folder) { request in
            let id = request["id"]!
            guard request["method"] == "complete" else {
                let error: JSONValue = ["code": -32601, "message": "no", "data": ["kind": "x"]]
                return .lines([StandInDaemon.error(id, error)])
            }
            let delta = StandInDaemon.note("complete.delta", ["id": id, "seq": 0])
            return .lines([delta, StandInDaemon.result(id, ["echo": request["params"]!])])
        }
        let params = #"{"n": 1.0, "s": "é\u0041"}"#
        let run = try ClientRun(["call", "complete", params], socket: daemon.path)
        #expect(run.output == "{\"id\":1,\"seq\":0}\n{\"echo\":{\"n\":1.0,\"s\":\"éA\"}}\n")
        let input = try ClientRun(["call", "complete", "-"], socket: daemon.path, input: "[1,\n2]")
        #expect(input.lines.last == #"{"echo":[1,2]}"#)
        let error = try ClientRun(["call", "nonsense"], socket: daemon.path)
        #expect(error.status == 64)
        #expect(try JSONValue(parsing: error.errors)["code"] == -32601)
        #expect(daemon.received("nonsense").first?["params"] == nil)
    }

    @Test func `options stand anywhere, and -- ends them`() throws {
        let daemon = StandInDaemon(in: folder) { request in
            .lines([StandInDaemon.result(request["id"]!, StandInDaemon.completion("ok"))])
        }
        let path = daemon.path
        for arguments in [
            ["--socket", path, "complete", "-m", "x", "a", "b"],
            ["complete", "a", "--socket=\(path)", "-mx", "b"],
            ["complete", "a", "b", "--model=y", "--model", "x", "--socket", path],
        ] {
            #expect(try ClientRun(arguments).output == "ok\n")
        }
        #expect(try ClientRun(["--socket", path, "complete", "--", "--json", "-m"]).status == 0)
        let params = daemon.received.map { $0["params"]! }
        #expect(params.prefix(3).allSatisfy { $0["prompt"] == "a b" && $0["model"] == "x" })
        #expect(params.last?["prompt"] == "--json -m")
        #expect(params.last?["model"] == nil)
    }
}
