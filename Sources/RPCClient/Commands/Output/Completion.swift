import CrowdModelsProtocol
import Glibc
import Link
import Screen

/// One `complete` from its sending to its end: prints what arrives, and cancels on Ctrl-C.
final class Completion {
    private let session: Session
    private let connection: DaemonConnection
    private let request: CompleteRequest
    private let output: Output
    /// Reasoning is for someone who watches, and never mixed with JSON.
    private let reasoningStyle: Style?
    private var hasText = false
    private var isInReasoning = false

    /// How long a cancelled request may take to say what became of it; the daemon cancels anyway
    /// when the connection closes.
    private static let cancelWaitMilliseconds = 2000

    init(_ session: Session, on connection: DaemonConnection, _ request: CompleteRequest) {
        self.session = session
        self.connection = connection
        self.request = request
        output = session.output
        let isWatched = !session.isJSON && isatty(STDERR_FILENO) == 1
        reasoningStyle = isWatched ? Style(descriptor: STDERR_FILENO) : nil
    }

    /// Sends the request, prints the answer; fails if it was not finished.
    func run() throws(Failure) {
        // Before the request goes: from then on there is something to cancel.
        let wake = Interruption.wakeInstead()
        let id = try connection.send("\(Method.complete.name)", request.json)
        do throws(Failure) {
            try finish(try wait(for: id, wake: wake))
        } catch {
            if !hasText, !session.isJSON, let text = error.answer?.content { append(text) }
            try endLine()
            throw error
        }
    }

    /// Waits for the result, printing deltas meanwhile.
    private func wait(for id: JSONValue, wake: Int32) throws(Failure) -> JSONValue {
        var deadline: MonotonicTime?
        while true {
            if !connection.isReady { try output.flush() }
            switch arrival(wake: deadline == nil ? wake : -1, deadline) {
            case .success(.notification(Self.deltaName, let params)): try received(params)
            case .success(.error(let answered, let error))
            where DaemonConnection.concerns(answered, id):
                throw deadline == nil ? Failure(answer: error) : Self.interrupted
            case .success(.result(id, let result)):
                if deadline == nil { return result }
                try show(result)
                throw Self.interrupted
            case .success: continue
            case .failure(.interrupted):
                deadline = MonotonicTime(millisecondsFromNow: Self.cancelWaitMilliseconds)
                _ = try connection.send("\(Method.cancel.name)", ["id": id])
            case .failure(let ending):
                throw deadline == nil ? connection.failure(ending) : Self.interrupted
            }
        }
    }

    private static let deltaName = "\(ServerNotification.completeDelta.name)"
    private static let interrupted = Failure(.interrupted, "interrupted; the request is cancelled")

    private func arrival(
        wake: Int32, _ deadline: MonotonicTime?
    ) -> Result<RPCResponse, AnswerReader.Ending> {
        do throws(AnswerReader.Ending) {
            return .success(try connection.next(wake: wake, deadline: deadline))
        } catch {
            return .failure(error)
        }
    }

    private func received(_ params: JSONValue) throws(Failure) {
        if session.isJSON {
            output.appendLine(json: params)
            return
        }
        let delta = try CompleteDelta(answer: params)
        if let text = delta.reasoning, !text.isEmpty, let reasoningStyle {
            try output.flush()
            ErrorOutput.write(reasoningStyle.dim(Printable.escapingControls(text)))
            isInReasoning = true
        }
        append(delta.content ?? "")
    }

    private func append(_ text: String) {
        if text.isEmpty { return }
        if isInReasoning { ErrorOutput.write("\n\n") }
        isInReasoning = false
        hasText = true
        output.append(foreign: text)
    }

    /// Prints a result: all of it as JSON, else the text that no delta brought.
    private func show(_ result: JSONValue) throws(Failure) {
        if session.isJSON {
            output.appendLine(json: result)
        } else if !hasText {
            append(try CompleteResult(answer: result).content)
        }
    }

    private func finish(_ answer: JSONValue) throws(Failure) {
        try show(answer)
        try endLine()
        let result = try CompleteResult(answer: answer)
        if session.invocation.isSet("stats") {
            ErrorOutput.write(Printable.escaping(statistics(result)) + "\n")
        }
        if result.finishReason == "cancelled" {
            throw Failure(.failed, "the request was cancelled by someone else")
        }
        if session.isJSON { return }
        if !result.toolCalls.isEmpty {
            ErrorOutput.note("the model asks for a tool; crowd-models --json complete shows it")
        }
        if result.finishReason == "length", request.maxTokens == nil {
            ErrorOutput.note("the answer was cut off at the most tokens allowed")
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
    private func statistics(_ result: CompleteResult) -> String {
        var parts: [String] = []
        let about = result.usage?.isEstimated == true ? "about " : ""
        if let count = result.usage?.promptTokens { parts.append("\(about)\(count) prompt tokens") }
        if let count = result.usage?.completionTokens { parts.append("\(about)\(count) tokens") }
        let stats = result.stats
        if let speed = stats.tokensPerSecond { parts.append("\(Units.fixed(speed, 1)) tokens/s") }
        if let time = stats.timeToFirstToken {
            parts.append("first token after \(Units.seconds(time))")
        }
        parts.append("queued \(Units.seconds(stats.queueTime))")
        parts.append("total \(Units.seconds(stats.totalTime))")
        parts.append("ended by \(result.finishReason)")
        if result.attempts > 1 { parts.append("\(result.attempts) attempts") }
        parts.append("\(result.model) on \(result.backend)")
        return parts.joined(separator: ", ")
    }
}
