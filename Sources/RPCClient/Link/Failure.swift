package import CrowdModelsProtocol
import Screen

/// Why a command cannot go on: what is said on standard error, and the exit code.
package struct Failure: Error {
    package private(set) var code: ExitCode
    /// What happened and what to do, one sentence without a full stop.
    package private(set) var message: String
    /// The daemon's error, where it was the daemon that said no.
    package private(set) var answer: RPCError?
    private var isJSON = false

    package init(_ code: ExitCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The error that the daemon answered with.
    package init(answer: RPCError) {
        code = ExitCode(answer: answer.code)
        message = Self.sentence(answer)
        self.answer = answer
    }

    /// The same failure where it was the command line that named the method: told as JSON whatever
    /// the options say, and a method that does not exist is a wrong command line.
    package var ofCall: Failure {
        var failure = self
        failure.isJSON = true
        if answer?.code == ErrorCode.methodNotFound.code { failure.code = .usage }
        return failure
    }

    /// The same with a further remark.
    package func adding(_ remark: String) -> Failure {
        var failure = self
        failure.message += "; " + remark
        return failure
    }

    /// One line: for a person, or the error object as JSON.
    package func line(asJSON: Bool) -> String {
        guard asJSON || isJSON else { return "crowd-models: " + Printable.escaping(message) }
        var text = ByteBuffer()
        text.append(harmless: (answer?.json ?? own).text.utf8.span)
        return text.text
    }

    /// Says it on standard error.
    package func tell(asJSON: Bool) {
        let text = line(asJSON: asJSON)
        if asJSON || isJSON { ErrorOutput.write(text + "\n") } else { ErrorOutput.line(text) }
    }

    /// What the client itself found wrong, as JSON.
    private var own: JSONValue {
        [
            "message": .string(message),
            "data": ["kind": .string(code.kind), "exit_code": .integer(Int(code.number))],
        ]
    }

    /// The daemon's sentence, and what its data adds to it.
    private static func sentence(_ answer: RPCError) -> String {
        if answer.data["limit"]?.stringValue == "line_bytes_max" {
            return "what was asked is too long for the daemon: prompt, files and pictures together "
                + "are over its line_bytes_max; shorten them, or raise it in its configuration"
        }
        if answer.code == ErrorCode.methodNotFound.code {
            return "the daemon cannot do that: \(answer.message); is it older than this program?"
        }
        var sentence = answer.message
        if let said = answer.backendMessage, !said.isEmpty, !sentence.contains(said) {
            sentence += "; the backend said: \(said.prefix(400))"
        }
        for member in ["nearest", "choices", "probed"] {
            let names = answer.data[member]?.arrayValue?.compactMap(\.stringValue) ?? []
            guard let first = names.first, !sentence.contains(first) else { continue }
            sentence += "; \(member): \(names.joined(separator: ", "))"
        }
        if let wait = answer.retryAfterMilliseconds, !sentence.contains("try again") {
            sentence += "; try again in \(Units.wait(Double(wait) / 1000))"
        }
        return sentence
    }
}

extension RPCError {
    /// The error object as it came.
    fileprivate var json: JSONValue {
        ["code": .integer(code), "message": .string(message), "data": .object(data)]
    }
}
