package import Configuration
package import CrowdModelsProtocol
package import Kernel

/// Where a conversation's output goes.
package protocol Outlet: AnyObject {
    /// Output has come outside of `Conversation.take`: it is to be sent before the loop waits
    /// again.
    func outputGrew()
    /// Output is to be sent now.
    func flush()
    /// The client is not to be served any more.
    func hangUp()
}

/// What is said on one connection, as JSON-RPC 2.0: lines in, answers out, whatever carries them.
///
/// Its owner shows it line after line and sends what stands in `output`. It keeps what is in flight
/// until it is answered; `end` abandons all that.
package final class Conversation {
    package let peer: Peer
    let desk: Desk
    /// Lines for the client that are not sent yet.
    var output = ByteBuffer()
    /// What it asked for and is not answered yet.
    private(set) var inFlight: [LineReply] = []
    var subscriptions: [Subscription] = []
    private var subscriptionsMade = 0
    /// The line at the front, where it takes more than one step.
    private var line: LineInProgress?
    /// Jobs wait for the client to read.
    private var isHoldingBack = false
    /// Kept until `end`.
    package var outlet: (any Outlet)?
    /// Whether subscriptions can be had, and what belongs to a request be told before its answer.
    private let canNotify: Bool

    package init(_ peer: Peer, at desk: Desk, canNotify: Bool) {
        self.peer = peer
        self.desk = desk
        self.canNotify = canNotify
    }

    /// Whether so much waits for the client that nothing more should be made for it.
    package var isFull: Bool { output.count > desk.limits.outputPauseBytes }

    /// Whether nothing more will come for a client that sends no more.
    package var isIdle: Bool { output.isEmpty && inFlight.isEmpty && subscriptions.isEmpty }

    /// Whether a line is begun and not done with.
    package var isInLine: Bool { line != nil }

    // MARK: Lines

    /// Handles one line, its newline taken off, or goes on with it; false if it is to be shown
    /// again in another turn.
    package func take(_ bytes: Span<UInt8>, _ budget: inout TurnBudget) -> Bool {
        if line == nil {
            if bytes.count <= LineReader.wholeBytes, !bytes.isEmpty,
                bytes[0] == UInt8(ascii: "{")
            {
                takeShort(bytes)
                return true
            }
            line = LineInProgress(desk.limits.request)
            // What takes long waits for the others first.
            if bytes.count > LineReader.wholeBytes { return false }
        }
        return goOn(with: bytes, &budget)
    }

    /// A line that holds one request and is soon read, which is nearly every one.
    private func takeShort(_ line: Span<UInt8>) {
        do throws(JSONError) {
            var notes = ParamsNotes()
            let (envelope, end) = try RequestEnvelope.read(
                line, from: 0, depth: 1, limits: desk.limits.request, noting: &notes)
            if end < line.count {
                let rest = JSONText.skippingSpace(line, from: end)
                if rest < line.count { throw JSONError(.trailingBytes, at: rest) }
            }
            perform(envelope, &notes, line, batch: nil, nil)
        } catch {
            refuse(Span(), nil, .notJSON(error, desk.limits.request))
        }
    }

    private func goOn(with bytes: Span<UInt8>, _ budget: inout TurnBudget) -> Bool {
        while let line {
            // A request of a batch may be dear, whatever its length: the clock is looked at.
            var work = TurnBudget.bytesPerLook
            let before = output.count + (line.batch?.body.count ?? 0)
            switch line.reader.resume(bytes) {
            case .unfinished: work = LineReader.wholeBytes
            case .batchBegins: line.batch = Batch(in: desk.memory)
            case .request(let envelope):
                var notes = ParamsNotes()
                perform(envelope, &notes, bytes, batch: line.batch, line.reader.survey)
            case .refused(let fault): refuse(Span(), line.batch, fault)
            case .ended:
                self.line = nil
                if let batch = line.batch {
                    batch.isOpen = false
                    settled(batch)
                }
                return true
            }
            work += max(0, output.count + (line.batch?.body.count ?? 0) - before)
            if !budget.spend(work, of: desk.loop) { return false }
        }
        return true
    }

    /// Answers a line of which nothing will be read with `fault`.
    package func skip(_ fault: Fault) {
        line = nil
        refuse(Span(), nil, fault)
    }

    // MARK: Requests

    private func perform(
        _ envelope: RequestEnvelope, _ notes: inout ParamsNotes, _ line: Span<UInt8>,
        batch: Batch?, _ survey: ParamsSurvey?
    ) {
        let id = line.extracting(envelope.id.bounds)
        let limits = desk.limits.request
        if let fault = envelope.refusal(limits) { return refuse(id, batch, fault) }
        if isDuplicate(id, batch) { return refuse(Span(), batch, .duplicate(id)) }
        let isNotification = envelope.isNotification
        let token = line.extracting(envelope.method.bounds)
        guard let method = Method.named(token) else {
            if !isNotification { refuse(id, batch, .unknownMethod(token, limits)) }
            return
        }
        if isNotification && !method.actsAsNotification { return }
        if method == .ping, !envelope.params.isPresent {
            return answer(id, batch) { OkResult().write(to: &$0) }
        }
        do throws(Fault) {
            var call = Call(
                method: method, survey: survey, isNotification: isNotification,
                canStream: canNotify && batch == nil && !id.isEmpty && !RequestID.isNull(id))
            try call.arguments.read(
                envelope.params, &notes, of: method, in: line, limits: limits, survey: survey)
            if try isOurs(&call, id, line, batch: batch) { return }
            try perform(&call, id, line, batch: batch)
        } catch {
            if !isNotification { refuse(id, batch, error) }
        }
    }

    private func perform(
        _ call: inout Call, _ id: Span<UInt8>, _ line: Span<UInt8>, batch: Batch?
    ) throws(Fault) {
        let reply = desk.reply(to: id, batch: batch, in: self)
        do throws(Fault) {
            try desk.service.perform(&call, line, for: peer, reply: reply)
        } catch {
            reply.abandon()
            throw error
        }
        if reply.place < 0 { desk.takeBack(reply) }
    }

    /// Whether a request with that id is in flight here, or stood in this batch before.
    private func isDuplicate(_ id: Span<UInt8>, _ batch: Batch?) -> Bool {
        if id.isEmpty || RequestID.isNull(id) { return false }
        if inFlight.isEmpty && batch == nil { return false }
        let id = RequestID(id)
        if inFlight.contains(where: { $0.id == id }) { return true }
        guard let batch else { return false }
        return !batch.ids.insert(id).inserted
    }

    /// The request in flight here under that id.
    func request(_ id: Span<UInt8>) -> LineReply? {
        if RequestID.isNull(id) { return nil }
        let id = RequestID(id)
        return inFlight.first { $0.id == id }
    }

    /// How many requests are in flight.
    package var inFlightCount: Int { inFlight.count }

    func add(_ reply: LineReply) {
        reply.place = inFlight.count
        inFlight.append(reply)
    }

    func remove(_ reply: LineReply) {
        let last = inFlight.removeLast()
        if last !== reply {
            inFlight[reply.place] = last
            last.place = reply.place
        }
        reply.place = -1
    }

    // MARK: Output

    /// A request was answered after its call had returned.
    func answered() {
        outlet?.outputGrew()
    }

    /// Something was told that belongs to a request, or to a subscription.
    func told() {
        if isFull { isHoldingBack = true }
        outlet?.outputGrew()
    }

    /// Sends what waits; `write` says how many bytes it took.
    func send(_ wrote: inout Bool, _ write: (Span<UInt8>) throws(Errno) -> Int) throws(Errno) {
        var bytes = ByteBuffer()
        swap(&bytes, &output)
        defer { swap(&bytes, &output) }
        while !bytes.isEmpty {
            bytes.consume(try write(bytes.span))
            wrote = true
        }
    }

    /// Takes all that waits.
    package func takeOutput() -> [UInt8] {
        let bytes = output.bytes
        output.removeAll(keeping: 0)
        return bytes
    }

    /// Output was sent; jobs that waited for it go on.
    package func drained() {
        guard isHoldingBack, output.count <= desk.limits.outputPauseBytes / 2 else { return }
        isHoldingBack = false
        // What goes on may end, and change who is in flight.
        let replies = inFlight
        for reply in replies { reply.job?.drained() }
    }

    /// A name for the next subscription, unique on this connection.
    func nextSubscriptionName() -> String {
        subscriptionsMade += 1
        return "s\(subscriptionsMade)"
    }

    /// Abandons all that was asked for here; nothing more is said.
    package func end() {
        outlet = nil
        line = nil
        while let reply = inFlight.last { reply.abandon() }
        for subscription in subscriptions { drop(subscription) }
        output.removeAll(keeping: 0)
    }
}

extension Limits {
    /// Those that hold before a request is understood.
    package var request: RequestLimits {
        var limits = RequestLimits()
        limits.depthMax = depthMax
        limits.batchMax = batchMax
        limits.idBytesMax = idBytesMax
        limits.nameBytesMax = nameBytesMax
        return limits
    }
}
