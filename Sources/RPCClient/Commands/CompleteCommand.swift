import CrowdModelsProtocol
import Link

extension Command {
    static let complete = Command(
        "complete", "have a model answer a prompt", arguments: "[PROMPT…]", words: 0...Int.max,
        options: [
            Option("model", "m", "MODEL", "the model; else the default, else the one loaded"),
            Option("system", "s", "TEXT", "the system prompt"),
            Option("temperature", "t", "TEMP", "how freely to choose, from 0"),
            Option("max-tokens", "n", "MAX", "the most tokens to produce"),
            Option("seed", nil, "N", "the same seed, the same answer, where supported"),
            Option("schema", nil, "FILE", "a JSON Schema that the answer has to fit"),
            Option("image", nil, "FILE", "a picture to go with the prompt; may be repeated"),
            Option("backend", nil, "NAME", "ask this backend and no other"),
            Option("tag", nil, "TAG", "a label to be counted under in `stats`"),
            Option("priority", nil, "P", "interactive (the default) goes before batch"),
            Option("no-stream", nil, nil, "wait for the whole answer"),
            Option("stats", nil, nil, "afterwards tokens, speed and times on standard error"),
        ],
        details: """
            The prompt is what the words say, or standard input, or both: the words first, then a
            blank line, then the input without its last newline. Where standard input is a terminal
            it is only read if there are no words, until Ctrl-D. In a loop that reads a file, put
            </dev/null after the command, or it reads the rest of the file.

            The text goes to standard output as it arrives, and a newline if it does not end in
            one; everything else goes to standard error. Reasoning is shown, dimmed, only if
            standard error is a terminal. Control characters reach a pipe but no terminal.

            With --json each piece is a line of JSON, the params of complete.delta, and the last
            line is the result; with --no-stream there is only the result.

            --timeout S also tells the daemon to give up after S seconds instead of 300.
            Ctrl-C cancels the request at the daemon and exits 130; a second one does not wait.
            """,
        examples: [
            "crowd-models complete Why is the sky blue?",
            "git diff | crowd-models complete -m qwen3-4b 'Describe this change in one line:'",
            "crowd-models complete --image photo.jpg 'What is this?'",
            "crowd-models --json complete --no-stream hello | jq .usage",
        ]
    ) { (session) throws(Failure) in
        let request = try CompleteRequest(session.invocation)
        try Completion(session, on: session.connect(), request).run()
    }
}
