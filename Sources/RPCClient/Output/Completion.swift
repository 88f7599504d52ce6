import CrowdModelsProtocol
import Glibc

/// One `complete` from its sending to its end: prints what arrives, and cancels on Ctrl-C.
final class Completion {
    private let session: Session
    private let connection: DaemonConnection
    private let params: JSONObject
    private let output: Output
    /// Reasoning is for someone who watches, and never mixed with JSON.
    private let reasoningStyle: Style?
    private var hasText = false
    private var isInReasoning = false

    /// How long a cancelled request may take to say what became of it; the daemon cancels anyway
    /// when the connection closes.
    private static let cancelWaitMilliseconds = 2000

    init(_ session: Session, on connection: DaemonConnection, _ params: JSONObject) {
        self.session = session
        self.connection = connection
        self.params = params
        output = session.output
        let isWatched = !session.isJSON && isatty(STDERR_FILENO) == 1
        reasoningStyle = isWatched ? Style(descriptor: STDERR_FILENO) : nil
    }

    /// Sends the request, prints the answer; fails if it was not finished.
    func run() throws(Failure) {
        let id = try connection.send("\(Method.complete.name)", params)
        do throws(Failure) {
            let result = try wait(for: id)
            try finish(result)
        } catch {
            if !hasText, let text = error.answer?["data"]?["content"]?.stringValue, !session.isJSON
            {
                output.append(foreign: text)
            }
            try endLine()
            throw error
        }
    }

    /// Waits for the result, printing deltas meanwhile.
    private func wait(for id: String) throws(Failure) -> Answer {
        let wake = Interruption.wakeInstead()
        var deadline: MonotonicTime?
        while true {
            if !connection.isReady { try output.flush() }
            switch arrival(wake: deadline == nil ? wake : -1, deadline) {
            case .success(let message):
                if message.methodName != nil {
                    try received(message)
                } else if let failure = DaemonConnection.failure(in: message, of: id) {
                    throw deadline == nil ? failure : Self.interrupted
                } else if message.idToken == id {
                    guard deadline == nil else {
                        try show(message.content)
                        throw Self.interrupted
                    }
                    return message.content
                }
            case .failure(.interrupted):
                deadline = MonotonicTime(millisecondsFromNow: Self.cancelWaitMilliseconds)
                _ = try connection.send("\(Method.cancel.name)", ["id": .number(id)])
            case .failure(let ending):
                throw deadline == nil ? connection.failure(ending) : Self.interrupted
            }
        }
    }

    private static let interrupted = Failure(.interrupted, "interrupted; the request is cancelled")

    private func arrival(
        wake: Int32, _ deadline: MonotonicTime?
    ) -> Result<Message, LineReader.Ending> {
        do throws(LineReader.Ending) {
            return .success(try connection.next(wake: wake, deadline: deadline))
        } catch {
            return .failure(error)
        }
    }

    private func received(_ message: borrowing Message) throws(Failure) {
        guard message.methodName == "\(ServerNotification.completeDelta.name)" else { return }
        let delta = message.content
        if session.isJSON {
            output.appendLine(json: delta.json)
            return
        }
        let value = delta.value
        if let text = value["reasoning"]?.stringValue, !text.isEmpty, let reasoningStyle {
            try output.flush()
            ErrorOutput.write(reasoningStyle.dim(Printable.escapingControls(text)))
            isInReasoning = true
        }
        if let text = value["content"]?.stringValue { append(text) }
    }

    private func append(_ text: String) {
        if text.isEmpty { return }
        if isInReasoning { ErrorOutput.write("\n\n") }
        isInReasoning = false
        hasText = true
        output.append(foreign: text)
    }

    /// Prints a result: all of it as JSON, else the text that no delta brought.
    private func show(_ answer: borrowing Answer) throws(Failure) {
        if session.isJSON {
            output.appendLine(json: answer.json)
            return
        }
        let result = answer.value
        if !hasText { append(result["content"]?.stringValue ?? "") }
    }

    private func finish(_ answer: borrowing Answer) throws(Failure) {
        try show(answer)
        try endLine()
        let result = answer.value
        if !session.isJSON, let calls = result["tool_calls"]?.arrayValue, !calls.isEmpty {
            ErrorOutput.note("the model asks for a tool; crowd-models --json complete shows it")
        }
        if session.invocation.isSet("stats") { ErrorOutput.write(statistics(result) + "\n") }
        switch result["finish_reason"]?.stringValue {
        case "cancelled": throw Failure(.failed, "the request was cancelled by someone else")
        case "length" where !session.invocation.isSet("max-tokens") && !session.isJSON:
            ErrorOutput.note("the answer was cut off at the most tokens allowed")
        default: break
        }
    }

    /// Ends the line that the text is on, and writes all.
    private func endLine() throws(Failure) {
        if isInReasoning { ErrorOutput.write("\n") }
        isInReasoning = false
        if let last = output.lastByte, last != UInt8(ascii: "\n") { output.append("\n") }
        try output.flush()
    }

    /// One line of what is known: tokens, speed, times, who served it.
    private func statistics(_ result: JSONValue) -> String {
        var parts: [String] = []
        let usage = result["usage"]
        let about = usage?["estimated"]?.boolValue == true ? "about " : ""
        if let count = usage?["prompt_tokens"]?.integerValue {
            parts.append("\(about)\(count) prompt tokens")
        }
        if let count = usage?["completion_tokens"]?.integerValue {
            parts.append("\(about)\(count) tokens")
        }
        let stats = result["stats"]
        if let speed = stats?["tokens_per_second"]?.doubleValue {
            parts.append("\(Units.fixed(speed, 1)) tokens/s")
        }
        for (name, member) in [
            ("first token after", "time_to_first_token"), ("queued", "queue_time"),
            ("total", "total_time"),
        ] {
            if let time = stats?[member]?.doubleValue {
                parts.append("\(name) \(Units.seconds(time))")
            }
        }
        if let reason = result["finish_reason"]?.stringValue { parts.append("ended by \(reason)") }
        let model = result["model"]?.stringValue ?? "?"
        let backend = result["backend"]?.stringValue ?? "?"
        parts.append("\(model) on \(backend)")
        return Printable.escaping(parts.joined(separator: ", "))
    }
}
