package import Backends
package import CrowdModelsProtocol

/// What is known of a generation in numbers: what the server said, and what was measured where it
/// said nothing. Times are seconds; what nobody knows is nil.
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
    package var stopReason: String?
    /// Whether the server told the speed itself.
    package var isFromBackend = false
    /// The model's architecture, where the server told it.
    package var arch: String?

    package init() {}

    /// - Parameter deltas: pieces that came one by one; 0 where the answer came whole.
    package init(_ report: GenerationReport, deltas: Int, times: RequestTimes) {
        promptTokens = report.promptTokens
        completionTokens = report.completionTokens
        totalTokens = report.totalTokens
        cachedTokens = report.cachedTokens
        reasoningTokens = report.reasoningTokens
        tokensPerSecond = report.tokensPerSecond
        timeToFirstToken = report.timeToFirstToken
        generationTime = report.generationTime
        stopReason = report.stopReason
        isFromBackend = report.isFromBackend
        arch = report.arch
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

    /// Appends `"usage":{…}` with a comma before it, if anything is known.
    package func writeUsage(to out: inout ByteBuffer) {
        guard promptTokens != nil || completionTokens != nil else { return }
        out.append(",\"usage\":{")
        Self.write("prompt_tokens", promptTokens, to: &out)
        Self.write("completion_tokens", completionTokens, to: &out)
        out.append("\"total_tokens\":")
        out.append(decimal: totalTokens ?? (promptTokens ?? 0) + (completionTokens ?? 0))
        if let cachedTokens {
            out.append(",\"cached_tokens\":")
            out.append(decimal: cachedTokens)
        }
        if let reasoningTokens {
            out.append(",\"reasoning_tokens\":")
            out.append(decimal: reasoningTokens)
        }
        if isEstimated { out.append(",\"estimated\":true") }
        out.append("}")
    }

    /// Appends `"stats":{…}` with a comma before it.
    package func writeStats(_ times: RequestTimes, to out: inout ByteBuffer) {
        out.append(",\"stats\":{")
        Self.write("tokens_per_second", tokensPerSecond, to: &out)
        Self.write("time_to_first_token", timeToFirstToken, to: &out)
        Self.write("generation_time", generationTime, to: &out)
        out.append("\"queue_time\":")
        out.append(seconds: times.queueNanoseconds)
        out.append(",\"total_time\":")
        out.append(seconds: times.totalNanoseconds)
        out.append(",")
        if let stopReason {
            out.append("\"stop_reason\":")
            out.append(string: stopReason)
            out.append(",")
        }
        out.append(isFromBackend ? "\"source\":\"backend\"}" : "\"source\":\"measured\"}")
    }

    private static func write(_ name: StaticString, _ value: Double?, to out: inout ByteBuffer) {
        guard let value else { return }
        out.append("\"")
        out.append(name)
        out.append("\":")
        out.append(number: value)
        out.append(",")
    }

    private static func write(_ name: StaticString, _ value: Int?, to out: inout ByteBuffer) {
        guard let value else { return }
        out.append("\"")
        out.append(name)
        out.append("\":")
        out.append(decimal: value)
        out.append(",")
    }
}
