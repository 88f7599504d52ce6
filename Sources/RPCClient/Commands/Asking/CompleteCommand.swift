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
            Option("option", "o", "NAME=VALUE", "any parameter of complete; may be repeated"),
            Option("file", "f", "FILE", "text to go with the prompt; may be repeated"),
            Option("image", nil, "FILE", "a picture to go with the prompt; may be repeated"),
            Option("messages", nil, "FILE", "a conversation in JSON that the prompt goes on with"),
            Option("schema", nil, "FILE", "a JSON Schema that the answer has to fit"),
            Option("seed", nil, "N", "the same seed, the same answer, where supported"),
            Option("backend", nil, "NAME", "ask this backend and no other"),
            Option("tag", nil, "TAG", "a label to be counted under in `stats`"),
            Option("priority", nil, "P", "interactive (the default) goes before batch"),
            Option("no-stream", nil, nil, "wait for the whole answer"),
            Option("stats", nil, nil, "afterwards tokens, speed and times on standard error"),
        ],
        details: """
            MODEL may be any part of a name that only one model has. Without -m it is
            $CROWD_MODELS_MODEL, else the daemon's choice.

            The prompt is what the words say, the files, and standard input, blank lines between
            them and each without its last newline. Standard input is read where it is no terminal,
            or where - asks for it, until Ctrl-D. In a loop that reads a file, put </dev/null after
            the command, or it reads the rest of the file.

            -o takes what `crowd-models call help '["complete"]'` lists, such as -o top_p=0.9,
            -o stop=END -o stop=STOP, -o reasoning=off; what has to be JSON may be @FILE.

            The text goes to standard output as it arrives, and a newline if it does not end in
            one; everything else goes to standard error. A terminal gets markdown drawn, words
            whole at its edge, reasoning dimmed, and while one waits a line that says for what;
            control characters reach a pipe but no terminal.

            With --json each piece is a line of JSON, the params of complete.delta, and the last
            line is the result; with --no-stream there is only the result.

            --timeout S also tells the daemon to give up after S seconds instead of 300.
            Ctrl-C cancels the request at the daemon; a second one does not wait.
            """,
        examples: [
            "crowd-models complete Why is the sky blue?",
            "git diff | crowd-models complete -m qwen3 'Describe this change:'",
            "crowd-models complete -f notes.txt -o top_p=0.9 'Summarise this:'",
            "crowd-models complete --image photo.jpg 'What is this?'",
            "crowd-models --json complete --no-stream hello | jq .usage",
        ],
        exits: """
            0 if it was answered; 1 for an unknown model or an error of the backend; 65 if a file
            cannot be read; 69 without daemon or backend; 75 if it is busy or out of time; 130
            after Ctrl-C.
            """
    ) { (session) throws(Failure) in
        let parameters = try CompletionParameters(session.invocation)
        try Completion(session, on: session.connect(), parameters).run()
    }
}
