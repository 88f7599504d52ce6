import CrowdModelsProtocol
import Glibc
import Testing

/// The client beside shells, hosts and people who look for what is wrong.
@Suite struct ClientShellTests {
    let folder = TestFolder()

    @Test func `bash completes commands, options, and models from the daemon`() throws {
        let simulator = try SimulatorProcess()
        defer { withExtendedLifetime(simulator) {} }
        let daemon = try DaemonProcess(simulator)
        try daemon.waitForLog(containing: "Initialized LLM client for backend: lmstudio")
        let typed = [
            ["crowd-models", "mod"], ["crowd-models", "complete", "--no-"],
            ["crowd-models", "complete", "-m", "mis"], ["crowd-models", "show", "llama"],
            ["crowd-models", "--socket", "x", "completions", "z"],
            ["crowd-models", "complete", "-o", "top_"],
        ]
        var script = "crowd-models() { \"$C\" \"$@\"; }; source <(\"$C\" completions bash)\n"
        for words in typed {
            let list = words.map { "'\($0)'" }.joined(separator: " ")
            script +=
                "COMP_WORDS=(\(list)); COMP_CWORD=\(words.count - 1); COMPREPLY=(); "
                + "_crowd_models; echo \"${COMPREPLY[@]}\"\n"
        }
        folder.write("script", script)
        let run = try ClientRun(
            shell: "bash \(folder.path)/script",
            environment: ["CROWD_MODELS_SOCKET": daemon.socketPath])
        #expect(
            run.lines == [
                "models", "--no-stream", "mistral-7b-instruct", "llama-2-7b-chat", "zsh",
                "top_p= top_k=",
            ], "\(run.errors)")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `there are completions with every command for each shell`(shell: String) throws {
        let run = try ClientRun(["completions", shell])
        #expect(run.status == 0)
        for command in ["complete", "chat", "top", "doctor"] {
            #expect(run.output.contains(command))
        }
        #expect(try ClientRun(["completions", "tcsh"]).status == 64)
    }

    @Test(
        .enabled(
            if: access("/usr/bin/fish", X_OK) == 0, "there is no fish to complete anything in"))
    func `fish completes a value with what it may be, and with no file`() throws {
        let run = try ClientRun(
            shell: """
                cd \(folder.path); touch a-file; "$C" completions fish >script
                exec fish -N -c 'source script; complete -C "crowd-models stats --window "'
                """)
        let words = run.lines.compactMap { $0.split(separator: "\t").first.map(String.init) }
        #expect(words.sorted() == ["15m", "1h", "1m", "5m", "total"], "\(run.errors)")
    }

    @Test(
        .enabled(if: access("/usr/bin/zsh", X_OK) == 0, "there is no zsh to complete anything in"))
    func `zsh completes models from the daemon, commands and values`() throws {
        let simulator = try SimulatorProcess()
        defer { withExtendedLifetime(simulator) {} }
        let daemon = try DaemonProcess(simulator)
        try daemon.waitForLog(containing: "Initialized LLM client for backend: lmstudio")
        // What zsh's own functions would be told: they need a terminal.
        let run = try ClientRun(
            shell: """
                cd \(folder.path); "$C" completions zsh >script
                exec zsh -f -c '
                compdef() { print -r -- "$@"; }
                compadd() { print -r -- "$@"; }
                _describe() { print -rl -- ${(P)2}; }
                crowd-models() { "$C" "$@"; }
                source ./script
                ask() { words=("$@"); CURRENT=$#; _crowd_models; }
                ask crowd-models complete -m ""
                ask crowd-models show ""
                ask crowd-models stats --window ""
                ask crowd-models ""'
                """, environment: ["CROWD_MODELS_SOCKET": daemon.socketPath])
        #expect(run.lines.first == "_crowd_models crowd-models", "\(run.errors)")
        let models = "-- llama-2-7b-chat mistral-7b-instruct text-embedding-nomic-embed-text-v1.5"
        #expect(run.lines.dropFirst().prefix(2).allSatisfy { $0.hasPrefix(models) })
        #expect(run.lines.dropFirst(3).first == "-- 1m 5m 15m 1h total")
        #expect(run.lines.contains("models:list the models"))
    }

    @Test func `mcp passes lines on until the input ends, and all is answered`() throws {
        let simulator = try SimulatorProcess()
        defer { withExtendedLifetime(simulator) {} }
        let daemon = try DaemonProcess(simulator)
        let lines = (1...50).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"ping"}"# }
        let run = try ClientRun(
            ["mcp"], socket: daemon.socketPath, input: lines.joined(separator: "\n"))
        #expect(run.status == 0)
        #expect(run.json.map { $0["id"]?.integerValue } == (1...50).map { $0 })
        #expect(try ClientRun(["mcp"], socket: "\(folder.path)/none").status == 69)
    }

    @Test func `mcp tells its host when the daemon ends first`() throws {
        let daemon = try DaemonProcess("")
        let host = try ClientRun.start(["mcp"], socket: daemon.socketPath)
        host.write(#"{"jsonrpc":"2.0","id":1,"method":"shutdown"}"# + "\n")
        #expect(try host.readLine() == #"{"jsonrpc":"2.0","id":1,"result":{"ok":true}}"#)
        #expect(host.wait() == 69)
        #expect(try host.errors.toEnd().contains("the daemon has closed the connection"))
    }

    @Test func `doctor tells trouble from what is well`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        try daemon.waitForLog(containing: "Initialized LLM client for backend: lmstudio")
        let well = try ClientRun(["doctor"], socket: daemon.socketPath)
        #expect(well.status == 0, "\(well.output)")
        #expect(well.output.contains("backend lmstudio"))
        let own = try ClientRun(
            ["--json", "doctor"], socket: daemon.socketPath,
            environment: ["CROWD_MODELS_MODEL": "gpt-9"])
        #expect(own.status == 1)
        let checks = try #require(own.json.first?.arrayValue)
        for check in checks {
            #expect(check["check"]?.stringValue != nil && check["message"]?.stringValue != nil)
        }
        #expect(checks.filter { $0["verdict"] == "trouble" }.count == 1)
        let none = try ClientRun(["--json", "doctor"], socket: "\(folder.path)/none")
        #expect(none.status == 1)
        #expect(none.json.first?[0]?["check"] == "daemon")
        #expect(none.json.first?[0]?["command"]?.stringValue?.isEmpty == false)
    }

    @Test func `the report is written where it is asked for, or cannot be`() throws {
        let simulator = try SimulatorProcess()
        defer { withExtendedLifetime(simulator) {} }
        let daemon = try DaemonProcess(simulator)
        let path = "\(folder.path)/report.html"
        #expect(try ClientRun(["report", path], socket: daemon.socketPath).status == 0)
        let page = try ClientRun(["report"], socket: daemon.socketPath)
        #expect(page.output.hasPrefix("<!doctype html>"))
        #expect(try ClientRun(shell: "cat \(path)").output.hasPrefix("<!doctype html>"))
        let wrong = try ClientRun(
            ["report", "\(folder.path)/no/where"], socket: daemon.socketPath)
        #expect(wrong.status == 73)
    }
}
