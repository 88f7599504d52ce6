package import Backends
package import CrowdModelsProtocol

/// What is known of a generation in numbers: what the server said, and what was measured where it
/// said nothing. Times are seconds; what nobody knows is nil.
///
/// Many properties: one for each number that is told of an answer.
package struct GenerationNumbers: Equatable, Sendable {
    package var promptTokens: Int?
    package var completionTokens: Int?
    package var totalTokens: Int?
    package var cachedTokens: Int?
    package var reasoningTokens: Int?
    /// Nobody told the usage: it is counted from the deltas.
    package var isEstimated = false
    package var tokensPerSecond: Double?
    package var timeToFirstToken: Double?
    package var generationTime: Double?
    /// The mean time between two deltas.
    package var interTokenLatency: Double?
    /// Whether the server told the speed itself.
    package var isFromBackend = false

    package init() {}

    /// Those of an answer for which so many tokens were read and none produced.
    init(read tokens: Int?) {
        promptTokens = tokens
        totalTokens = tokens
    }

    /// - Parameter deltas: pieces that came one by one; 0 where the answer came whole.
    package init(_ report: borrowing GenerationReport, deltas: Int, times: RequestTimes) {
        promptTokens = report.promptTokens
        completionTokens = report.completionTokens
        totalTokens = report.totalTokens
        cachedTokens = report.cachedTokens
        reasoningTokens = report.reasoningTokens
        tokensPerSecond = report.tokensPerSecond
        timeToFirstToken = report.timeToFirstToken
        generationTime = report.generationTime
        isFromBackend = report.isFromBackend
        if deltas > 0 { measure(deltas, times) }
    }

    private mutating func measure(_ deltas: Int, _ times: RequestTimes) {
        if completionTokens == nil {
            completionTokens = deltas
            totalTokens = (promptTokens ?? 0) + deltas
            isEstimated = true
        }
        guard let first = times.timeToFirstToken, let span = times.generationTime else { return }
        if deltas > 1 { interTokenLatency = span / Double(deltas - 1) }
        // Servers count from when they begin; the caller waited from when it was sent.
        timeToFirstToken = first
        if isFromBackend { return }
        generationTime = span
        let tokens = completionTokens ?? 0
        if tokens > 1, span > 0 { tokensPerSecond = Double(tokens - 1) / span }
    }

    /// The usage as callers are told of it, if anything of it is known.
    package var usage: CompleteUsage? {
        guard promptTokens != nil || completionTokens != nil else { return nil }
        var usage = CompleteUsage()
        usage.promptTokens = promptTokens
        usage.completionTokens = completionTokens
        usage.totalTokens = totalTokens ?? (promptTokens ?? 0) + (completionTokens ?? 0)
        usage.cachedTokens = cachedTokens
        usage.reasoningTokens = reasoningTokens
        usage.isEstimated = isEstimated
        return usage
    }

    /// How it went, as callers are told of it; `stopReason`: the server's own word for its end.
    package func stats(_ times: RequestTimes, stopReason: String?) -> CompleteStats {
        var stats = CompleteStats(
            queueTime: Double(times.queueNanoseconds) / 1e9,
            totalTime: Double(times.totalNanoseconds) / 1e9,
            source: isFromBackend ? "backend" : "measured")
        stats.tokensPerSecond = tokensPerSecond
        stats.timeToFirstToken = timeToFirstToken
        stats.generationTime = generationTime
        stats.stopReason = stopReason
        return stats
    }
}
