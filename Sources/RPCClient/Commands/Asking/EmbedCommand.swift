import CrowdModelsProtocol
import Glibc
import Link

extension Command {
    static let embed = Command(
        "embed", "turn texts into vectors", arguments: "[TEXT…]", method: "embed",
        words: 0...Int.max,
        options: [
            Option("model", "m", "MODEL", "the model; else the only one for embeddings"),
            Option("dimensions", nil, "N", "how many numbers a vector is to have"),
            Option("lines", nil, nil, "each line of standard input is a text"),
            Option("backend", nil, "NAME", "ask this backend and no other"),
            Option("tag", nil, "TAG", "a label to be counted under in `stats`"),
        ],
        details: """
            Each TEXT gives a vector, printed as one line of JSON. Without a TEXT standard input is
            the text. With --json the whole result is printed.
            """,
        examples: [
            "crowd-models embed 'the sky' 'the sea'",
            "crowd-models embed --lines -m nomic < titles.txt > vectors.jsonl",
        ],
        exits: "0; 1 for an unknown model or an error of the backend; 69; 75 if it is busy.",
        run: runEmbed)

    private static func runEmbed(_ session: Session) throws(Failure) {
        let invocation = session.invocation
        var params = JSONObject()
        params["input"] = try embedInput(session)
        params["dimensions"] = try invocation.integer("dimensions").map(JSONValue.integer)
        params["backend"] = invocation["backend"].map(JSONValue.string)
        params["tag"] = invocation["tag"].map(JSONValue.string)
        params["timeout_ms"] = try invocation.number("timeout").map {
            .integer(max(1, Int(($0 * 1000).rounded())))
        }
        let connection = try session.connect()
        let waiting = WaitingLine(model: invocation["model"], isQuiet: session.isJSON)
        let exchange = Exchange(on: connection, waiting)
        let result = try ModelChoice.run(
            .embed, invocation["model"], connection, accepting: { $0.type == "embeddings" }
        ) { (name) throws(Failure) in
            var params = params
            params["model"] = name.map(JSONValue.string)
            return try exchange.run("embed", .object(params))
        }
        if session.isJSON {
            session.output.appendLine(json: result)
        } else {
            for vector in result["embeddings"]?.arrayValue ?? [] {
                session.output.appendLine(json: vector)
            }
        }
        try session.output.flush()
    }

    private static func embedInput(_ session: Session) throws(Failure) -> JSONValue {
        let isByLine = session.invocation.isSet("lines")
        if !session.words.isEmpty, session.words != ["-"] {
            guard !isByLine else { throw Failure(.usage, "--lines goes with standard input") }
            let texts = session.words.map(JSONValue.string)
            return texts.count == 1 ? texts[0] : .array(texts)
        }
        let bytes = try InputFile.readStandardInput()
        let text = try InputFile.text(bytes, of: "standard input")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: isByLine)
        guard !text.isEmpty, !lines.isEmpty else {
            throw Failure(.usage, "no text: give it after `embed` or on standard input")
        }
        if isByLine { return .array(lines.map { .string(String($0)) }) }
        return .string(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }
}
