import CrowdModelsProtocol
import Glibc
import Link
import Screen

extension Command {
    static let launch = Command(
        "launch", "start an agent that uses the daemon", arguments: "AGENT [ARGUMENT…]",
        words: 1...Int.max, passesWordsOn: true,
        options: [
            Option("model", "m", "MODEL", "the model to begin with; else as for `complete`")
        ],
        details: """
            Our own options stand before AGENT, and what follows it is passed on. It is told where
            the models are by variables, arguments or files in a temporary folder: none of your own
            configuration is changed.

            An agent that knows no Unix socket gets the daemon's port, `[http] listen`, or where
            there is none a port of its own on the loopback interface, for as long as it runs; only
            your own programs are let in there.

            AGENT is one of these:
            \(Agent.list)
            """,
        examples: [
            "crowd-models launch claude", "crowd-models launch -m qwen3 codex exec 'Say hello'",
            "crowd-models launch openai python3 my-script.py",
        ],
        exits: """
            the agent's own; 1 if there is no such model; 64 for an unknown agent; 69 without a
            daemon or if the agent is not installed.
            """
    ) { (session) throws(Failure) in
        let agent = try AgentTarget.agent(session.words[0])
        var arguments = Array(session.words.dropFirst())
        if arguments.first == "--" { arguments.removeFirst() }
        let program = agent.program ?? arguments.first
        guard let program else {
            throw Failure(.usage, "something is missing: crowd-models launch \(agent.name) PROGRAM")
        }
        if agent.program == nil { arguments.removeFirst() }
        let target = try AgentTarget(session, agent)
        let needsRelay = !agent.takesSocket && target.listener == nil
        let relay = needsRelay ? try LoopbackRelay(to: target.socketPath) : nil
        let url = relay.map { "http://127.0.0.1:\($0.port)" } ?? target.listener?.url
        let setup = target.setup(of: agent, url: url ?? "http://localhost")
        try run(program, setup.arguments + arguments, setup, relay).follow()
    }

    /// Runs it to its end; what was made for it alone goes with it.
    private static func run(
        _ program: String, _ arguments: [String], _ setup: Agent.Setup, _ relay: LoopbackRelay?
    ) throws(Failure) -> ChildProgram.Ending {
        var variables = setup.variables.map { (name: $0.name, value: $0.value) }
        variables += ProxyExemption.variables(Environment.value)
        var folder: PrivateFolder?
        defer { folder?.remove() }
        if let wanted = setup.folder {
            let made = try wanted.folder()
            folder = made
            variables.append((name: wanted.variable, value: made.path))
        }
        let child = try ChildProgram(program, arguments, variables)
        guard let relay else { return child.wait() }
        while true {
            try relay.serve(until: child.wake)
            if let ending = child.attend() { return ending }
        }
    }
}

extension Agent.Setup.Folder {
    /// The folder with these files, and what else is in the user's own.
    fileprivate func folder() throws(Failure) -> PrivateFolder {
        let folder = try PrivateFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        let own = Environment.value(variable) ?? Environment.value("HOME").map { "\($0)/\(home)" }
        if let own { folder.show(own, awaited: self.made) }
        return folder
    }
}

/// What keeps a proxy from being asked for what is on this machine.
enum ProxyExemption {
    /// `NO_PROXY` in both spellings with the loopback's names, where any proxy is named.
    static func variables(
        _ value: (String) -> String?
    ) -> [(name: String, value: String)] {
        let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        guard proxies.contains(where: { !(value($0) ?? "").isEmpty }) else { return [] }
        let own = value("no_proxy") ?? value("NO_PROXY") ?? ""
        let all = ([own].filter { !$0.isEmpty } + ["127.0.0.1", "localhost", "::1"])
            .joined(separator: ",")
        return [(name: "no_proxy", value: all), (name: "NO_PROXY", value: all)]
    }
}
