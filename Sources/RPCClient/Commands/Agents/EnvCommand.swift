import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let env = Command(
        "env", "print what makes an agent use the daemon", arguments: "AGENT", words: 1...1,
        options: [
            Option("model", "m", "MODEL", "the model to begin with; else as for `complete`"),
            Option("shell", nil, "SHELL", "for sh, bash, zsh or fish; else for $SHELL"),
        ],
        details: """
            Lines for a shell: what they set holds for it and what it starts. An agent that needs
            more than variables becomes an alias of `crowd-models launch`. One that knows no Unix
            socket needs `[http] listen` in the daemon's configuration; without it `launch` still
            works. With --json it is an object of the variables.

            AGENT is one of these:
            \(Agent.list)
            """,
        examples: [
            #"eval "$(crowd-models env claude)""#, "crowd-models env claude --shell fish | source",
        ],
        exits: "0; 1 if there is no such model; 64 for an unknown agent; 69; 78 without a port."
    ) { (session) throws(Failure) in
        let agent = try AgentTarget.agent(session.words[0])
        let target = try AgentTarget(session, agent)
        guard let url = target.listener?.url ?? (agent.takesSocket ? "http://localhost" : nil)
        else {
            throw Failure(
                .configuration,
                "\(agent.name) knows no Unix socket: set `listen` of [http] in the daemon's "
                    + "configuration, such as \"127.0.0.1:11434\", or use "
                    + "crowd-models launch \(agent.name)")
        }
        let setup = target.setup(of: agent, url: url)
        let shell = try ShellLines(
            session.invocation.choice("shell", of: ShellLines.names)
                ?? Environment.value("SHELL") ?? "sh")
        let isAlias = !setup.arguments.isEmpty || setup.folder != nil
        if session.isJSON {
            var variables = JSONObject()
            for variable in setup.variables { variables[variable.name] = .string(variable.value) }
            session.output.appendLine(json: .object(variables))
        } else if isAlias {
            session.output.appendLine(
                shell.alias(agent.name, for: "crowd-models launch \(agent.name)"))
        } else {
            for variable in setup.variables {
                session.output.appendLine(shell.setting(variable.name, to: variable.value))
            }
        }
        try session.output.flush()
    }
}

/// Lines that a shell reads.
struct ShellLines {
    static let names = ["sh", "bash", "zsh", "fish"]
    private let isFish: Bool

    /// For the shell of that name or path.
    init(_ shell: String) {
        isFish = shell.split(separator: "/").last == "fish"
    }

    func setting(_ name: String, to value: String) -> String {
        isFish ? "set -gx \(name) \(quoted(value))" : "export \(name)=\(quoted(value))"
    }

    func alias(_ name: String, for command: String) -> String {
        isFish ? "alias \(name) \(quoted(command))" : "alias \(name)=\(quoted(command))"
    }

    /// The text as one word.
    private func quoted(_ text: String) -> String {
        guard isFish else { return CompletionScript.quoted(text) }
        return "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
