import Backends
import Configuration
import CrowdModelsProtocol
import HTTP
import Kernel
import Telemetry

/// The result of a completion, whole or put together from a stream.
extension Completion {
    /// The server has answered whole.
    func endWhole(_ head: HTTPResponseHead, _ body: Span<UInt8>) {
        guard let frame = accept(head, body) else { return }
        report.read(frame, body)
        wholeFrame = frame
        succeed(body: body)
    }

    /// The frame of a whole answer that is one; nil once it was refused, or is asked for elsewhere.
    func accept(_ head: HTTPResponseHead, _ body: Span<UInt8>) -> ChatFrame? {
        let frame = try? ChatFrame(body)
        let isError = head.status != 200 || frame?.error.isPresent == true
        if !isError, let frame, frame.hasChoice { return frame }
        if isError {
            if BackendFailure.saysUnknownRoute(status: head.status, body), sendElsewhere() {
                return nil
            }
            let wait = head.retryAfterMilliseconds(now: Int(Clock.wall() / 1_000_000_000))
            fail(
                failure.fault(status: head.status, retryAfter: wait, body: body), sent: true)
        } else {
            fail(
                Fault(
                    .backendError,
                    "\(lane.server.productName) at \(lane.server.config.endpoint.original) sent an "
                        + "answer that is no chat completion",
                    data: ["backend": .string(lane.name), "status": .integer(head.status)],
                    retryable: true),
                sent: true)
        }
        return nil
    }

    /// Measures what the server did not say of a stream.
    func measure() {
        guard let stream else { return }
        let first = stream.firstTokenAt
        guard first > 0, let sentAt else { return }
        if report.completionTokens == nil {
            report.completionTokens = stream.tokens
            report.isEstimated = true
        }
        let span = Self.seconds(from: first, to: stream.lastTokenAt)
        if stream.tokens > 1 {
            report.interTokenLatency = span / Double(stream.tokens - 1)
        }
        // Servers count from when they begin; the caller waited from when it was sent.
        report.timeToFirstToken = Self.seconds(from: sentAt, to: first)
        if report.isFromBackend { return }
        report.generationTime = span
        let tokens = report.completionTokens ?? 0
        if tokens > 1, span > 0 { report.tokensPerSecond = Double(tokens - 1) / span }
    }

    func writeResult(
        body: Span<UInt8>, queueTime: UInt64, totalTime: UInt64, to out: inout ByteBuffer
    ) {
        let report = report
        out.append("{\"content\":")
        if let stream {
            out.append("\"")
            out.append(stream.content.span)
            out.append("\"")
            if !stream.reasoning.isEmpty {
                out.append(",\"reasoning\":\"")
                out.append(stream.reasoning.span)
                out.append("\"")
            }
            if !stream.toolCalls.isEmpty {
                out.append(",\"tool_calls\":")
                JSONValue.array(stream.toolCalls.map(\.json)).write(to: &out)
            }
        } else if let frame = wholeFrame {
            writeText(of: frame, body, to: &out)
        }
        out.append(",\"model\":")
        if report.servedBy.isEmpty {
            out.append(string: model.id)
        } else {
            out.append(report.servedBy.span)
        }
        out.append(",\"backend\":")
        out.append(string: lane.name)
        out.append(",\"finish_reason\":\"")
        out.append(utf8: report.finishReason.rawValue)
        out.append("\"")
        report.writeUsage(to: &out)
        report.writeStats(queueTime: queueTime, totalTime: totalTime, to: &out)
        if !report.modelInfo.isEmpty {
            out.append(",\"model_info\":")
            out.append(report.modelInfo.span)
        }
        if !report.runtime.isEmpty {
            out.append(",\"runtime\":")
            out.append(report.runtime.span)
        }
        out.append("}")
    }

    private func writeText(of frame: ChatFrame, _ body: Span<UInt8>, to out: inout ByteBuffer) {
        if frame.content.isPresent {
            out.append(body.extracting(frame.content.bounds))
        } else {
            out.append("\"\"")
        }
        if frame.reasoning.count > 2 {
            out.append(",\"reasoning\":")
            out.append(body.extracting(frame.reasoning.bounds))
        }
        if frame.toolCalls.isPresent {
            out.append(",\"tool_calls\":")
            out.append(compact: body.extracting(frame.toolCalls.bounds))
        }
    }

    /// The guide's line; a part that nobody knows is left out of it.
    func logCompletion(_ body: Span<UInt8>) {
        warnOfSubstitution()
        daemon.log.info(completionLine())
    }

    private func completionLine() -> String {
        var line = ByteBuffer(capacity: 160)
        line.append("LLM request completed: ")
        line.append(decimal: report.allTokens)
        line.append(" tokens used")
        if let speed = report.tokensPerSecond {
            line.append(", ")
            line.append(fixed: speed, decimals: 2)
            line.append(" tokens/sec")
        }
        if let first = report.timeToFirstToken {
            line.append(", ")
            line.append(fixed: first, decimals: 3)
            line.append("s to first token")
        }
        if let arch = report.arch ?? model.arch {
            line.append(", architecture: ")
            line.append(utf8: arch)
        }
        return line.text
    }

    private func warnOfSubstitution() {
        guard !report.servedBy.isEmpty else { return }
        let servedBy = report.servedBy
        let served = JSONText.string(servedBy.span)
        if served == model.id { return }
        daemon.log.warning(
            "\(lane.server.productName) answered with model \(served) instead of \(model.id)")
    }
}

extension GenerationReport {
    func writeUsage(to out: inout ByteBuffer) {
        guard promptTokens != nil || completionTokens != nil else { return }
        out.append(",\"usage\":{")
        if let promptTokens {
            out.append("\"prompt_tokens\":")
            out.append(decimal: promptTokens)
            out.append(",")
        }
        if let completionTokens {
            out.append("\"completion_tokens\":")
            out.append(decimal: completionTokens)
            out.append(",")
        }
        out.append("\"total_tokens\":")
        out.append(decimal: allTokens)
        if !usageDetails.isEmpty {
            out.append(",\"completion_tokens_details\":")
            out.append(usageDetails.span)
        }
        if isEstimated { out.append(",\"estimated\":true") }
        out.append("}")
    }

    func writeStats(queueTime: UInt64, totalTime: UInt64, to out: inout ByteBuffer) {
        out.append(",\"stats\":{")
        Self.write("tokens_per_second", tokensPerSecond, to: &out)
        Self.write("time_to_first_token", timeToFirstToken, to: &out)
        Self.write("generation_time", generationTime, to: &out)
        out.append("\"queue_time\":")
        out.append(seconds: queueTime)
        out.append(",\"total_time\":")
        out.append(seconds: totalTime)
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
}
