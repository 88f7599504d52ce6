import Backends
import Configuration
import CrowdModelsProtocol
import HTTP
import Kernel
import Sessions

/// A streamed answer: each event becomes a delta, its text passed on as the bytes it came as.
extension Completion {
    func receivedPiece(_ bytes: Span<UInt8>) {
        guard let parser = stream?.parser else { return }
        guard stream?.isEventStream == true else {
            return keepPlain(bytes)
        }
        var fault: Fault?
        do throws(EventStreamError) {
            try parser.events.feed(bytes) { event in
                fault = take(event)
                return fault == nil && !isSettled
            }
        } catch {
            fault = failure.fault(of: .answerTooLarge)
        }
        if let fault { fail(fault, sent: true) }
    }

    private func keepPlain(_ bytes: Span<UInt8>) {
        guard (stream?.plainBody.count ?? 0) + bytes.count <= StreamState.plainBodyMax else {
            return fail(failure.fault(of: .answerTooLarge), sent: true)
        }
        unsafe bytes.withUnsafeBufferPointer { unsafe stream?.plainBody.append(contentsOf: $0) }
    }

    /// Takes one event; the fault that ends the stream, if it does.
    private func take(_ event: borrowing EventStreamEvent) -> Fault? {
        switch event.kind {
        case .done:
            stream?.isDone = true
            return nil
        case .error:
            return fault(inStream: event.data)
        case .message, .other:
            let data = event.data
            if JSONText.skippingSpace(data) == data.count { return nil }
            do throws(JSONError) {
                let frame = try ChatFrame(data)
                if frame.error.isPresent { return fault(inStream: data) }
                return take(frame, data)
            } catch {
                return Fault(
                    .backendError,
                    "\(lane.server.productName) sent a stream event that is not JSON: "
                        + error.message,
                    data: ["backend": .string(lane.name), "status": 200])
            }
        }
    }

    private func fault(inStream data: Span<UInt8>) -> Fault {
        failure.fault(status: 200, retryAfter: nil, body: data)
    }

    /// Takes one frame; the fault that ends the stream, if it does.
    private func take(_ frame: ChatFrame, _ data: Span<UInt8>) -> Fault? {
        if frame.finishReason.isPresent { stream?.hasFinishReason = true }
        report.read(frame, data)
        let hasContent = frame.content.count > 2
        let hasReasoning = frame.reasoning.count > 2
        let hasTools = frame.toolCalls.isPresent
        guard hasContent || hasReasoning || hasTools else { return nil }
        let now = Clock.monotonic()
        if stream?.firstTokenAt == 0 {
            stream?.firstTokenAt = now
            beganGenerating()
        }
        stream?.lastTokenAt = now
        stream?.tokens += 1
        if hasContent { stream?.content.append(inside: frame.content, of: data) }
        if hasReasoning { stream?.reasoning.append(inside: frame.reasoning, of: data) }
        if hasTools, let deltas = try? JSONValue(parsing: data.extracting(frame.toolCalls.bounds)) {
            stream?.toolCallBytes += frame.toolCalls.count
            guard stream?.keepToolCalls(deltas) == true else { return tooManyToolCalls }
        }
        if let size = stream?.resultBytes, size > daemon.limits.outputBytesMax {
            return .answerTooLarge(size, limit: daemon.limits.outputBytesMax)
        }
        writeDelta(
            frame, data, content: hasContent, reasoning: hasReasoning, tools: hasTools)
        return nil
    }

    private var tooManyToolCalls: Fault {
        Fault(
            .backendError,
            "\(lane.server.productName) sent over \(ToolCall.callsMax) tool calls in one answer",
            data: ["backend": .string(lane.name), "status": 200])
    }

    private func writeDelta(
        _ frame: ChatFrame, _ data: Span<UInt8>, content: Bool, reasoning: Bool, tools: Bool
    ) {
        stream?.sequence += 1
        // Asked for whole, and only heard as a stream: the text is kept for the result.
        guard request.isStream else { return }
        reply.delta(
            content: content ? data.extracting(frame.content.bounds) : Span(),
            reasoning: reasoning ? data.extracting(frame.reasoning.bounds) : Span(),
            toolCalls: tools ? data.extracting(frame.toolCalls.bounds) : Span())
    }

    /// The body has ended: well if it said why it stopped, or said `[DONE]`.
    func endStream(_ head: HTTPResponseHead) {
        guard let ended = stream else { return }
        guard ended.isEventStream else { return endPlain(head, ended.plainBody) }
        var fault: Fault?
        ended.parser.events.finish { event in
            fault = take(event)
            return fault == nil
        }
        if let fault { return fail(fault, sent: true) }
        if stream?.hasFinishReason == true || stream?.isDone == true { return succeed() }
        fail(
            Fault(
                .backendError,
                "\(lane.server.productName) at \(lane.server.config.endpoint.original) ended the "
                    + "stream without saying that it is complete",
                data: ["backend": .string(lane.name), "status": 200], retryable: true),
            sent: true)
    }

    /// The server did not stream: it answered with an error, or whole in spite of the question.
    private func endPlain(_ head: HTTPResponseHead, _ body: [UInt8]) {
        let body = body.span
        guard let frame = accept(head, body) else { return }
        if let fault = take(frame, body) { return fail(fault, sent: true) }
        succeed()
    }
}

extension StreamState {
    mutating func keepToolCalls(_ deltas: JSONValue) -> Bool {
        ToolCall.merge(deltas, into: &toolCalls)
    }
}

extension [UInt8] {
    /// Appends the inside of a string token.
    mutating func append(inside token: JSONRange, of text: Span<UInt8>) {
        let inside = text.extracting((Int(token.start) + 1)..<(Int(token.end) - 1))
        unsafe inside.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
