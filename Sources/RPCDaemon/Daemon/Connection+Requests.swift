import Configuration
import CrowdModelsProtocol

/// From a line to an answer: what JSON-RPC 2.0 asks of every request, whatever its method.
extension Connection {
    /// Handles one line, its newline taken off.
    func handle(line: Span<UInt8>) {
        let start = JSONText.skippingSpace(line)
        guard start < line.count else { return }
        if line[start] == UInt8(ascii: "[") { return handle(batch: line, from: start) }
        if line[start] != UInt8(ascii: "{") { return refuseScalar(line) }
        do throws(JSONError) {
            let (envelope, end) = try RequestEnvelope.read(
                line, from: start, depth: 1, depthMax: daemon.limits.depthMax)
            let rest = JSONText.skippingSpace(line, from: end)
            if rest < line.count { throw JSONError(.trailingBytes, at: rest) }
            perform(envelope, line, batch: nil)
        } catch {
            refuse(Span(), nil, fault(of: error))
        }
    }

    private func refuseScalar(_ line: Span<UInt8>) {
        do throws(JSONError) {
            try JSONText.validate(line, depthMax: daemon.limits.depthMax)
            refuse(Span(), nil, Fault(.invalidRequest, "a request is a JSON object"))
        } catch {
            refuse(Span(), nil, fault(of: error))
        }
    }

    private func fault(of error: JSONError) -> Fault {
        if error.reason == .tooDeep {
            return .unread(
                limit: "depth_max",
                "the request is nested deeper than \(daemon.limits.depthMax) levels (depth_max)")
        }
        return Fault(.parseError, "the line is not JSON: \(error.message)")
    }

    // MARK: Batches

    private func handle(batch line: Span<UInt8>, from start: Int) {
        var count = 0
        do throws(JSONError) {
            try JSONText.validate(line, depthMax: daemon.limits.depthMax)
            var elements = JSONElementReader(from: start, depthMax: daemon.limits.depthMax)
            while try elements.next(in: line) != nil { count += 1 }
        } catch {
            return refuse(Span(), nil, fault(of: error))
        }
        if count == 0 {
            return refuse(Span(), nil, Fault(.invalidRequest, "a batch holds at least one request"))
        }
        if count > daemon.limits.batchMax {
            return refuse(
                Span(), nil,
                .unread(
                    limit: "batch_max",
                    "the batch holds \(count) requests, more than \(daemon.limits.batchMax) "
                        + "(batch_max)"))
        }
        let batch = Batch()
        var elements = JSONElementReader(from: start, depthMax: daemon.limits.depthMax)
        while let element = (try? elements.next(in: line)) ?? nil {
            handle(element: element, of: line, batch)
        }
        batch.isOpen = false
        settled(batch, justClosed: true)
    }

    private func handle(element: JSONRange, of line: Span<UInt8>, _ batch: Batch) {
        guard line[Int(element.start)] == UInt8(ascii: "{"),
            let (envelope, _) = try? RequestEnvelope.read(
                line, from: Int(element.start), depth: 2, depthMax: daemon.limits.depthMax)
        else {
            return refuse(Span(), batch, Fault(.invalidRequest, "a request is a JSON object"))
        }
        perform(envelope, line, batch: batch)
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

    private func perform(_ envelope: RequestEnvelope, _ line: Span<UInt8>, batch: Batch?) {
        let id = line.extracting(envelope.id.bounds)
        if let fault = envelope.fault {
            return refuse(
                id, batch, Fault(.invalidRequest, "not a JSON-RPC 2.0 request: \(fault)"))
        }
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
            if !isNotification { refuse(id, batch, .unknownMethod(JSONText.string(token))) }
            return
        }
        if isNotification && !method.actsAsNotification { return }
        if method == .ping, !envelope.params.isPresent {
            return answer(id, batch) { $0.append("{\"ok\":true}") }
        }
        do throws(Fault) {
            let arguments = try Arguments(
                envelope, of: method.name.description, parameters: method.parameters, in: line)
            let call = Call(
                method: method, arguments: arguments, isNotification: isNotification,
                batch: batch)
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
        if inFlight.contains(where: { $0.reply.canonicalID == canonical }) { return true }
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

extension Fault {
    /// -32601, with the nearest name there is.
    static func unknownMethod(_ name: String) -> Fault {
        let name = name.shortened
        let nearest = NearestName.to(name, among: Method.all.map(\.name.description))
        let hint = nearest.map { "; did you mean `\($0)`?" } ?? "; `help` lists the methods"
        var data = JSONObject()
        if let nearest { data["nearest"] = .string(nearest) }
        return Fault(.methodNotFound, "there is no method `\(name)`\(hint)", data: data)
    }
}
