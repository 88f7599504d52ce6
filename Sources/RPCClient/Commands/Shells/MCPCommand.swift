import CrowdModelsProtocol
import Glibc
import Link
import Screen

extension Command {
    static let mcp = Command(
        "mcp", "serve a host of the Model Context Protocol",
        method: "initialize",
        details: """
            What a host such as an editor or an agent runs to give its model the tools ask_model and
            list_models: bytes go from standard input to the daemon's socket and back as they are.
            When the input ends, what was asked is still answered; when nobody reads the output any
            more, it is cancelled.
            """,
        examples: [
            #"{"crowd-models": {"command": "crowd-models", "args": ["mcp"]}}"#,
            "claude mcp add crowd-models -- crowd-models mcp",
            "codex mcp add crowd-models -- crowd-models mcp",
        ],
        exits: """
            0 when the input has ended and all is answered; 69 without a daemon, or if it ends
            before.
            """
    ) { (session) throws(Failure) in
        let connection = try session.connect()
        if isatty(STDIN_FILENO) == 1 {
            ErrorOutput.note("one JSON-RPC request a line, as a host sends them; Ctrl-D ends it")
        }
        let socket = connection.descriptor
        var words = Flow(from: STDIN_FILENO, to: socket)
        var answers = Flow(from: socket, to: STDOUT_FILENO)
        var isInputOpen = true
        while !answers.isEnded {
            var items = [
                words.awaited.source, words.awaited.sink, answers.awaited.source,
                answers.awaited.sink,
            ]
            if unsafe poll(&items, nfds_t(items.count), -1) < 0 {
                if errno == EINTR { continue }
                throw Failure(.failed, "cannot wait: \(SystemError.text(errno))")
            }
            words.move(items[0], items[1])
            answers.move(items[2], items[3])
            if answers.isBroken { Interruption.endByBrokenPipe() }
            if isInputOpen, words.isEnded, !words.isBroken {
                // The daemon answers what it has, and then closes.
                isInputOpen = false
                shutdown(socket, Int32(SHUT_WR))
            }
        }
        if isInputOpen { throw Failure(.unavailable, "the daemon has closed the connection") }
    }
}
