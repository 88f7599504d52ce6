import CrowdModelsProtocol
import Link

extension Command {
    static let completions = Command(
        "completions", "print what completes the command line in a shell", arguments: "SHELL",
        words: 1...1,
        details: """
            SHELL is bash, zsh or fish. Names of models, backends and requests come from the daemon
            while one types.

             bash: crowd-models completions bash > ~/.local/share/bash-completion/completions/crowd-models
             zsh: crowd-models completions zsh > a folder of $fpath, as _crowd-models
             fish: crowd-models completions fish > ~/.config/fish/completions/crowd-models.fish
            """,
        examples: ["source <(crowd-models completions bash)"],
        exits: "0; 64 for a shell that is not known."
    ) { (session) throws(Failure) in
        let shell = session.words[0]
        guard CompletionScript.shells.contains(shell) else {
            throw Failure(
                .usage,
                "no completions for \"\(shell)\"; there are "
                    + CompletionScript.shells.joined(separator: ", "))
        }
        session.output.append(CompletionScript.text(for: shell))
        try session.output.flush()
    }
}
