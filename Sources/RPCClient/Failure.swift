import CrowdModelsProtocol

/// Why a command cannot go on: what is said on standard error, and the exit code.
struct Failure: Error {
    let code: ExitCode
    /// What happened and what to do, one sentence without a full stop.
    let message: String
    /// The daemon's error object, where it was the daemon that said no.
    var answer: JSONValue?
    private var isJSON = false

    init(_ code: ExitCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The error that the daemon answered with.
    init(answer: JSONValue) {
        code = ExitCode(answer: answer["code"]?.integerValue ?? 0)
        message = Self.sentence(answer)
        self.answer = answer
    }

    /// The same failure, told as JSON whatever the options say.
    var inJSON: Failure {
        var failure = self
        failure.isJSON = true
        return failure
    }

    /// One line: for a person, or the error object as JSON.
    func line(asJSON: Bool) -> String {
        guard asJSON || isJSON else { return "crowd-models: " + Printable.escaping(message) }
        let value =
            answer ?? [
                "message": .string(message),
                "data": ["kind": .string(code.kind), "exit_code": .integer(Int(code.number))],
            ]
        return value.text
    }

    /// The daemon's sentence, and what its data adds to it.
    private static func sentence(_ answer: JSONValue) -> String {
        var sentence = answer["message"]?.stringValue ?? "the daemon answered with an error"
        let data = answer["data"]
        if let said = data?["backend_message"]?.stringValue, !said.isEmpty,
            !sentence.contains(said)
        {
            sentence += "; the backend said: \(said.prefix(400))"
        }
        for member in ["nearest", "choices", "probed"] {
            let names = data?[member]?.arrayValue?.compactMap(\.stringValue) ?? []
            guard let first = names.first, !sentence.contains(first) else { continue }
            sentence += "; \(member): \(names.joined(separator: ", "))"
        }
        if let wait = data?["retry_after_ms"]?.doubleValue, !sentence.contains("try again") {
            sentence += "; try again in \(Units.seconds(wait / 1000))"
        }
        return sentence
    }
}
