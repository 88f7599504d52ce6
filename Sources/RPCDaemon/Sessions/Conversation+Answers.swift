import Configuration
package import CrowdModelsProtocol
import Kernel

/// What every answer goes through, and the methods that are about the conversation itself.
extension Conversation {
    /// Answers with the result that `write` appends; in a batch, as one of its answers.
    @inline(__always)
    func answer(_ id: Span<UInt8>, _ batch: Batch?, _ write: (inout ByteBuffer) -> Void) {
        if let batch {
            let mark = batch.body.count
            batch.add { $0.append(answerTo: id, result: write) }
            let size = batch.body.count - mark
            if batch.body.count > desk.limits.outputBytesMax {
                batch.truncate(to: mark)
                refuse(id, batch, tooLarge(size))
            } else if desk.memory.isOver, size > Self.smallAnswer {
                batch.truncate(to: mark)
                refuse(id, batch, desk.memory.fault)
            }
        } else {
            let mark = output.count
            output.append(answerTo: id, result: write)
            output.append(UInt8(ascii: "\n"))
            if output.count > desk.limits.outputBytesMax { replaceAnswer(from: mark, id: id) }
        }
    }

    /// Bytes of an answer that is no longer than the error that would take its place.
    private static let smallAnswer = 512

    /// Answers with an error; no id is `null`.
    func refuse(_ id: Span<UInt8>, _ batch: Batch?, _ fault: Fault) {
        if let batch {
            batch.add { $0.append(answerTo: id, fault: fault) }
        } else {
            output.append(answerTo: id, fault: fault)
            output.append(UInt8(ascii: "\n"))
        }
    }

    /// Replaces the answer that begins at `mark`, since too much waits with it.
    private func replaceAnswer(from mark: Int, id: Span<UInt8>) {
        let size = output.count - mark
        output.truncate(to: mark)
        refuse(id, nil, tooLarge(size))
    }

    func tooLarge(_ size: Int) -> Fault {
        .answerTooLarge(size, limit: desk.limits.outputBytesMax)
    }

    /// Refuses one request more than may be in flight.
    func checkRoom() throws(Fault) {
        let limit = desk.limits.inFlightPerConnectionMax
        guard inFlight.count >= limit else { return }
        throw Fault(
            .limitExceeded,
            "\(inFlight.count) requests of this connection are in flight, as many as may be "
                + "(in_flight_per_connection_max); wait for an answer, or use more connections",
            data: ["limit": "in_flight_per_connection_max", "value": .integer(limit)])
    }

    /// A request of the batch was answered, or its last element was read.
    func settled(_ batch: Batch) {
        guard batch.isComplete, batch.body.count > 1 else { return }
        let mark = output.count
        batch.body.append("]\n")
        output.append(batch.body.span)
        batch.forget()
        // Each answer was held to the limit as it came; what waits beside them counts too.
        if mark > 0, output.count > desk.limits.outputBytesMax {
            replaceAnswer(from: mark, id: Span())
        }
    }

    // MARK: Methods of the conversation

    /// Does what is about this conversation alone; false for what the service does.
    func isOurs(
        _ call: inout Call, _ id: Span<UInt8>, _ line: Span<UInt8>, batch: Batch?
    ) throws(Fault) -> Bool {
        switch call.method {
        case .cancel, .cancelRequest, .cancelRequestACP, .cancelled:
            let request = request(line.extracting(call.arguments[0].bounds))
            request?.job?.cancel()
            say(CancelResult(isCancelled: request != nil), call, id, batch)
        case .subscribe: try subscribe(call, id, line)
        case .unsubscribe:
            let name = JSONText.string(line.extracting(call.arguments[0].bounds))
            let subscription = subscriptions.first { $0.id == name }
            if let subscription { drop(subscription) }
            say(UnsubscribeResult(isEnded: subscription != nil), call, id, batch)
        default: return false
        }
        return true
    }

    private func say(
        _ result: some JSONWritable, _ call: Call, _ id: Span<UInt8>, _ batch: Batch?
    ) {
        if !call.isNotification { answer(id, batch) { result.write(to: &$0) } }
    }
}

extension Fault {
    /// 1013 for an answer of so many bytes.
    package static func answerTooLarge(_ size: Int, limit: Int) -> Fault {
        Fault(
            .limitExceeded,
            "the answer of \(size) bytes does not fit into the \(limit) that may wait for a "
                + "client (output_bytes_max); read the answers before asking for more",
            data: ["limit": "output_bytes_max", "value": .integer(limit)])
    }

    /// -32600 for an id that is in flight.
    static func duplicate(_ id: Span<UInt8>) -> Fault {
        let token = unsafe id.withUnsafeBufferPointer {
            unsafe String(decoding: $0, as: UTF8.self)
        }
        return Fault(
            .invalidRequest,
            "the id \(token.shortened) belongs to a request that is not answered yet",
            data: ["id": (try? JSONValue(parsing: id)) ?? .null])
    }
}
