import CrowdModelsProtocol
import Link

extension Command {
    static let call = Command(
        "call", "call any method and print its result", arguments: "METHOD [JSON]", words: 1...2,
        details: """
            JSON holds the params, an object or an array; - reads them from standard input.
            The result is printed as one line of JSON. What the daemon sends before it, such as
            complete.delta, is printed too, the params of each as one line. An error goes to
            standard error, as JSON.
            """,
        list: "Methods: \(methodNames)",
        examples: [
            "crowd-models call ping",
            #"crowd-models call models.get '{"model":"qwen3-4b"}'"#,
            "crowd-models call help '[\"complete\"]'",
        ],
        run: runCall)

    private static var methodNames: String {
        Method.all.map { "\($0.name)" }.joined(separator: " ")
    }

    private static func runCall(_ session: Session) throws(Failure) {
        let params = try callParams(session.words.dropFirst().first)
        let connection = try session.connect()
        let output = session.output
        do throws(Failure) {
            let id = try connection.send(session.words[0], params)
            let result = try connection.result(of: id) { (params) throws(Failure) in
                output.appendLine(json: params)
                if !connection.isReady { try output.flush() }
            }
            output.appendLine(json: result)
        } catch {
            try output.flush()
            throw error.ofCall
        }
        try output.flush()
    }

    /// The params; nil for none.
    private static func callParams(_ word: String?) throws(Failure) -> JSONValue? {
        guard let word else { return Optional.none }
        let bytes = word == "-" ? try InputFile.readStandardInput() : Array(word.utf8)
        let name = word == "-" ? "standard input" : "the JSON"
        let params: JSONValue
        do throws(JSONError) {
            params = try JSONValue(parsing: bytes.span, depthMax: 1024)
        } catch {
            throw Failure(.badData, "\(name) is not valid: \(error.message)")
        }
        guard params.kind == .object || params.kind == .array else {
            throw Failure(
                .badData,
                "params are an object or an array, and \(name) is \(params.kind.withArticle)")
        }
        return params
    }
}
