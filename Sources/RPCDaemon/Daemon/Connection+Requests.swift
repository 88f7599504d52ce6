import Configuration
import CrowdModelsProtocol

/// From a line to an answer: what JSON-RPC 2.0 asks of every request, whatever its method.
extension Connection {
    /// Handles one line, its newline taken off.
    func handle(line: Span<UInt8>) {
        let limits = daemon.limits.request
        if line.count <= LineReader.wholeBytes, !line.isEmpty, line[0] == UInt8(ascii: "{") {
            return handle(short: line, limits)
        }
        var reader = LineReader(limits)
        var batch: Batch?
        while true {
            switch reader.resume(line) {
            case .unfinished: continue
            case .batchBegins: batch = Batch()
            case .request(let envelope): perform(envelope, line, batch: batch, reader.survey)
            case .refused(let fault): refuse(Span(), batch, fault)
            case .ended:
                guard let batch else { return }
                batch.isOpen = false
                return settled(batch, justClosed: true)
            }
        }
    }

    /// The same of a line that holds one request and is soon read, which is nearly every one.
    private func handle(short line: Span<UInt8>, _ limits: RequestLimits) {
        do throws(JSONError) {
            let (envelope, end) = try RequestEnvelope.read(
                line, from: 0, depth: 1, limits: limits)
            let rest = JSONText.skippingSpace(line, from: end)
            if rest < line.count { throw JSONError(.trailingBytes, at: rest) }
            perform(envelope, line, batch: nil, nil)
        } catch {
            refuse(Span(), nil, .notJSON(error, limits))
        }
    }

    /// A request of the batch was answered, or its last element was read.
    func settled(_ batch: Batch, justClosed: Bool = false) {
        if !justClosed { batch.outstanding -= 1 }
        guard batch.isComplete, batch.body.count > 1 else { return }
        let mark = output.count
        batch.body.append("]\n")
        output.append(batch.body.span)
        batch.body.removeAll(keeping: 0)
        // Each answer was held to the limit as it came; what waits beside them counts too.
        if mark > 0 { limitOutput(from: mark, id: Span()) }
        scheduleFlush()
    }

    // MARK: Requests

    private func perform(
        _ envelope: RequestEnvelope, _ line: Span<UInt8>, batch: Batch?, _ survey: ParamsSurvey?
    ) {
        let id = line.extracting(envelope.id.bounds)
        let limits = daemon.limits.request
        if let fault = envelope.refusal(limits) { return refuse(id, batch, fault) }
        if isDuplicate(id, batch) {
            let token = unsafe id.withUnsafeBufferPointer {
                unsafe String(decoding: $0, as: UTF8.self)
            }
            return refuse(
                Span(), batch,
                Fault(
                    .invalidRequest,
                    "the id \(token) belongs to a request that is not answered yet",
                    data: ["id": (try? JSONValue(parsing: id)) ?? .null]))
        }
        let isNotification = envelope.isNotification
        let token = line.extracting(envelope.method.bounds)
        guard let method = Method.named(token, hasEscape: envelope.methodHasEscape) else {
            if !isNotification { refuse(id, batch, .unknownMethod(token, limits)) }
            return
        }
        if isNotification && !method.actsAsNotification { return }
        if method == .ping, !envelope.params.isPresent {
            return answer(id, batch) { $0.append("{\"ok\":true}") }
        }
        do throws(Fault) {
            let arguments = try Arguments(
                params: envelope.params, of: method, in: line, limits: limits, survey: survey)
            let call = Call(
                method: method, arguments: arguments, survey: survey,
                isNotification: isNotification, batch: batch)
            try perform(call, id, line)
        } catch {
            if !isNotification { refuse(id, batch, error) }
        }
    }

    /// Whether a request with that id is in flight here, or stood in this batch before.
    private func isDuplicate(_ id: Span<UInt8>, _ batch: Batch?) -> Bool {
        if id.isEmpty || RequestID.isNull(id) { return false }
        if inFlight.isEmpty && batch == nil { return false }
        let canonical = RequestID.canonical(id)
        if inFlight.contains(where: { $0.canonicalID == canonical }) { return true }
        guard let batch else { return false }
        if batch.ids.contains(canonical) { return true }
        batch.ids.append(canonical)
        return false
    }

    // MARK: Answers

    /// Answers with the result that `write` appends; in a batch, as one of its answers.
    @inline(__always)
    func answer(_ id: Span<UInt8>, _ batch: Batch?, _ write: (inout ByteBuffer) -> Void) {
        if let batch {
            let mark = batch.body.count
            batch.add { $0.append(answerTo: id, result: write) }
            if batch.body.count > daemon.limits.outputBytesMax {
                let size = batch.body.count - mark
                batch.body.truncate(to: mark)
                refuse(id, batch, tooLarge(size))
            }
        } else {
            let mark = output.count
            output.append(answerTo: id, result: write)
            output.append(UInt8(ascii: "\n"))
            limitOutput(from: mark, id: id)
        }
    }

    /// Answers with an error; no id is `null`.
    func refuse(_ id: Span<UInt8>, _ batch: Batch?, _ fault: Fault) {
        if let batch {
            batch.add { $0.append(answerTo: id, fault: fault) }
        } else {
            output.append(answerTo: id, fault: fault)
            output.append(UInt8(ascii: "\n"))
        }
    }

    /// Replaces the answer that begins at `mark` by an error if too much waits with it.
    @inline(__always)
    private func limitOutput(from mark: Int, id: Span<UInt8>) {
        if output.count > daemon.limits.outputBytesMax { replaceAnswer(from: mark, id: id) }
    }

    private func replaceAnswer(from mark: Int, id: Span<UInt8>) {
        let size = output.count - mark
        output.truncate(to: mark)
        refuse(id, nil, tooLarge(size))
    }

    func tooLarge(_ size: Int) -> Fault {
        let limit = daemon.limits.outputBytesMax
        return Fault(
            .limitExceeded,
            "the answer of \(size) bytes does not fit into the \(limit) that may wait for a "
                + "client (output_bytes_max); read the answers before asking for more",
            data: ["limit": "output_bytes_max", "value": .integer(limit)])
    }
}

extension Limits {
    /// Those that hold before a request is understood.
    var request: RequestLimits {
        var limits = RequestLimits()
        limits.depthMax = depthMax
        limits.batchMax = batchMax
        limits.idBytesMax = idBytesMax
        limits.nameBytesMax = nameBytesMax
        return limits
    }
}
