import CrowdModelsProtocol
import Glibc
import Link
import Screen

/// One `complete` from its sending to its end: prints what arrives.
final class Completion {
    private let session: Session
    private let connection: DaemonConnection
    private let parameters: CompletionParameters
    private let text: AnswerText
    private let waiting: WaitingLine

    init(
        _ session: Session, on connection: DaemonConnection, _ parameters: CompletionParameters
    ) {
        self.session = session
        self.connection = connection
        waiting = WaitingLine(model: parameters.model, isQuiet: session.isJSON)
        self.parameters = waiting.isShown ? parameters.withProgress() : parameters
        text = AnswerText(session.output, isJSON: session.isJSON)
    }

    /// Sends the request, prints the answer; fails if it was not finished, and `content` then holds
    /// what came of it.
    @discardableResult
    func run() throws(Failure) -> CompleteResult {
        let name = parameters.model
        let exchange = Exchange(on: connection, waiting)
        let handlers = Exchange.Handlers(
            received: { (params) throws(Failure) in try self.received(params) },
            idle: { () throws(Failure) in try self.session.output.flush() },
            late: { (result) throws(Failure) in try self.show(result) })
        let answer: JSONValue
        do throws(Failure) {
            answer = try ModelChoice.run(
                .complete, name, connection, accepting: ModelChoice.canChat
            ) { (name) throws(Failure) in
                waiting.waits(for: name)
                let asked = name.map { parameters.with(model: $0) } ?? parameters
                return try exchange.run("\(Method.complete.name)", asked.json, handlers)
            }
        } catch {
            if !text.hasText, !session.isJSON, let content = error.answer?.content {
                text.append(content)
            }
            try text.end()
            throw name == nil ? error.withoutModel : error
        }
        return try finish(answer)
    }

    /// The text so far.
    var content: String { text.content }

    private func received(_ params: JSONValue) throws(Failure) {
        if session.isJSON {
            session.output.appendLine(json: params)
            return
        }
        let delta = try CompleteDelta(answer: params)
        try text.append(reasoning: delta.reasoning ?? "")
        text.append(delta.content ?? "")
    }

    /// Prints a result: all of it as JSON, else the text that no delta brought.
    private func show(_ result: JSONValue) throws(Failure) {
        if session.isJSON {
            session.output.appendLine(json: result)
        } else if !text.hasText {
            text.append(try CompleteResult(answer: result).content)
        }
    }

    private func finish(_ answer: JSONValue) throws(Failure) -> CompleteResult {
        try show(answer)
        try text.end()
        let result = try CompleteResult(answer: answer)
        if session.invocation.isSet("stats") {
            ErrorOutput.line(Printable.escaping(AnswerFigures.line(result)))
        }
        if result.finishReason == "cancelled" {
            throw Failure(.failed, "the request was cancelled by someone else")
        }
        if session.isJSON { return result }
        for warning in answer["warnings"]?.arrayValue ?? [] {
            if let message = warning["message"]?.stringValue { ErrorOutput.note(message) }
        }
        if !result.toolCalls.isEmpty {
            ErrorOutput.note("the model asks for a tool; crowd-models --json complete shows it")
        }
        if result.finishReason == "length", !parameters.hasTokenLimit {
            ErrorOutput.note("the answer was cut off at the most tokens allowed")
        }
        return result
    }
}

extension Failure {
    /// The same where no model was named and none stood out: what this program's user does then.
    fileprivate var withoutModel: Failure {
        guard answer?.code == ErrorCode.modelNotFound.code else { return self }
        return adding("say which: -m MODEL, or export CROWD_MODELS_MODEL=MODEL")
    }
}
