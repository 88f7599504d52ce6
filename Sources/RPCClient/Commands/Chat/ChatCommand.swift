import CrowdModelsProtocol
import Link

extension Command {
    static let chat = Command(
        "chat", "talk with a model", arguments: "[PROMPT…]", words: 0...Int.max,
        options: complete.options.filter {
            [
                "model", "system", "temperature", "max-tokens", "option", "messages", "seed",
                "backend", "tag", "stats",
            ].contains($0.name)
        },
        details: """
            On a terminal a line editor takes what you say: arrows, Home, End, Ctrl-A, E, K, U, W
            and the history of this chat. Enter sends it; Alt-Enter, a \\ at the end of the line, or
            three quotes before and after it make it several lines. Ctrl-C stops an answer and not
            the chat; Ctrl-D or /quit ends it. Nothing is written to disk unless you /save it.

             /model [NAME]   ask another model from now on, or list them
             /system [TEXT]  set the system prompt, or take it away
             /save FILE      write the conversation to a file
             /load FILE      go on with a conversation from a file; so does --messages
             /clear          forget what was said
             /stats          tokens, speed and times of the last answer
             /help           what there is

            Without a terminal each line of standard input is said in turn, and the answers go to
            standard output.
            """,
        examples: [
            "crowd-models chat", "crowd-models chat -m qwen3 -s 'Answer in one line.'",
            "printf 'My name is Ada.\\nWhat is my name?\\n' | crowd-models chat",
        ],
        exits: "0 at its end; 69 if the daemon goes; without a terminal as `complete` does."
    ) { (session) throws(Failure) in
        if session.isJSON {
            throw Failure(.usage, "chat has no --json; crowd-models --json complete --messages")
        }
        try Chat(session).run()
    }
}
