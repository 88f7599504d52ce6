import CrowdModelsProtocol
import Screen

/// What is known of a finished answer, on one line: tokens, speed, times, who served it.
enum AnswerFigures {
    static func line(_ result: CompleteResult) -> String {
        var parts: [String] = []
        let about = result.usage?.isEstimated == true ? "about " : ""
        if let count = result.usage?.promptTokens {
            parts.append(about + Units.count(count, "prompt token"))
        }
        let count = result.usage?.completionTokens
        if let count { parts.append(about + Units.count(count, "token")) }
        let stats = result.stats
        // The speed of a single token is a division by next to nothing.
        if let speed = stats.tokensPerSecond, count ?? 2 > 1 {
            parts.append("\(Units.fixed(speed, 1)) tokens/s")
        }
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
