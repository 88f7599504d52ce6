import CrowdModelsProtocol
import Glibc
import Link
import Testing

/// `env` and `launch`: agents are told where the daemon is, and reach it.
@Suite struct ClientAgentTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func run(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws -> ClientRun {
        try ClientRun(arguments, socket: scene.daemon.socketPath, environment: environment)
    }

    @Test func `env prints what a shell can take, for those that know a Unix socket`() throws {
        let claude = try run("env", "-m", "mistral", "claude", environment: ["SHELL": "/bin/sh"])
        #expect(claude.status == 0)
        #expect(claude.output.contains("export ANTHROPIC_MODEL='mistral-7b-instruct'\n"))
        #expect(claude.output.contains("'\(scene.daemon.socketPath)'"))
        let fish = try run("env", "claude", "--shell", "fish")
        #expect(fish.output.hasPrefix("set -gx ANTHROPIC_UNIX_SOCKET '"))
        let json = try JSONValue(parsing: try run("--json", "env", "claude").output)
        #expect(json["ANTHROPIC_UNIX_SOCKET"]?.stringValue == scene.daemon.socketPath)
    }

    @Test func `env says what is missing for those that do not`() throws {
        let codex = try run("env", "codex")
        #expect(codex.status == 78 && codex.output.isEmpty)
        #expect(codex.errors.contains("[http]") && codex.errors.contains("launch codex"))
        let slip = try run("env", "cluade")
        #expect(slip.status == 64 && slip.errors.contains("did you mean claude?"))
    }

    @Test func `an agent that is launched reaches the daemon, and nobody else does`() throws {
        let script = """
            import os, socket, urllib.parse
            place = urllib.parse.urlparse(os.environ["OPENAI_BASE_URL"])
            def ask():
                one = socket.create_connection((place.hostname, place.port))
                one.sendall(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\\n')
                return one.recv(1000).decode().strip()
            print(ask(), flush=True)
            if os.getuid() == 0:
                os.setuid(65534)
                try: print("let in: " + ask() if ask() else "kept out")
                except ConnectionError: print("kept out")
            """
        let seen = try run("launch", "openai", "python3", "-c", script)
        let answer = #"{"jsonrpc":"2.0","id":1,"result":{"ok":true}}"# + "\n"
        #expect(seen.output == answer + (getuid() == 0 ? "kept out\n" : ""), "\(seen.errors)")
    }

    @Test func `what an agent asked for is cancelled when it closes its connection`() throws {
        let slow = try Scene("--token-rate", "1")
        let script = """
            import os, socket, urllib.parse
            place = urllib.parse.urlparse(os.environ["OPENAI_BASE_URL"])
            one = socket.create_connection((place.hostname, place.port))
            one.sendall(b'{"jsonrpc":"2.0","id":1,"method":"complete","params":'
                        b'{"prompt":"tokens:1000","stream":true}}\\n')
            print(len(one.recv(10)), flush=True)
            one.close()
            input()
            """
        let agent = try ClientRun.start(
            ["launch", "openai", "python3", "-c", script], socket: slow.daemon.socketPath)
        #expect(try agent.readLine() == "10")
        let deadline = Deadline()
        while try slow.client.result("requests.list") != ["requests": []] {
            try #require(!deadline.isOver, "the request goes on")
        }
        agent.write("\n")
        #expect(agent.wait() == 0)
        #expect(try slow.totals()["requests"]?["cancelled"] == 1)
    }

    @Test func `one connection more than an agent may have waits for another's end`() throws {
        let script = """
            import os, select, socket, urllib.parse
            place = urllib.parse.urlparse(os.environ["OPENAI_BASE_URL"])
            def ask():
                one = socket.create_connection((place.hostname, place.port))
                one.sendall(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\\n')
                return one
            all = [ask() for _ in range(int(\(LoopbackRelay.connectionsMax)))]
            print(sum(bool(one.recv(1000)) for one in all))
            late = ask()
            print(select.select([late], [], [], 0.1)[0])
            all.pop().close()
            print(bool(late.recv(1000)))
            """
        let seen = try run("launch", "openai", "python3", "-c", script)
        #expect(seen.output == "\(LoopbackRelay.connectionsMax)\n[]\nTrue\n", "\(seen.errors)")
    }

    @Test func `a signal for us is one for the agent`() throws {
        let script = "trap 'echo told; exit 3' TERM; echo ready; read line"
        let agent = try ClientRun.start(
            ["launch", "openai", "sh", "-c", script], socket: scene.daemon.socketPath)
        #expect(try agent.readLine() == "ready")
        agent.signal(SIGTERM)
        #expect(try agent.readToEnd() == "told\n" && agent.wait() == 3)
    }

    @Test func `what an agent is told by its own words it gets, and its end is ours`() throws {
        let seen = try run(
            "launch", "openai", "sh", "-c", "echo \"$1 $OPENAI_MODEL\"; exit 7", "-", "--model")
        #expect(seen.status == 7 && seen.output == "--model llama-2-7b-chat\n")
        #expect(try run("launch", "openai", "sh", "-c", "kill -9 $$").status == -9)
        #expect(try run("launch", "openai", "no-such-program").status == 69)
        #expect(try run("launch", "openai").status == 64)
        #expect(try run("launch", "-m", "nobody", "claude").status == 1)
    }

    @Test func `a part of a model's name is no rejected request`() throws {
        #expect(try run("complete", "-m", "llama", "echo:x").output == "x\n")
        #expect(try run("embed", "-m", "nomic", "x").status == 0)
        #expect(try scene.totals()["requests"]?["rejected"] == 0)
        #expect(try run("complete", "-m", "nobody", "echo:x").status == 1)
        #expect(try scene.totals()["requests"]?["rejected"] == 1)
    }
}
