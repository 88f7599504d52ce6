import Configuration
import CrowdModelsProtocol
import HTTP
import Kernel
import Sessions

/// One request at a door, from its head to the last byte of its answer.
///
/// The door keeps it until it has ended, its job until that is answered; once the door is gone,
/// what it is told goes nowhere.
///
/// Many properties: it is the request as it is understood and the answer as it is written, since
/// whatever answers may come in the middle of either.
final class DoorExchange: Reply {
    let head: IncomingRequestHead?
    let key: String
    let peer: Peer
    let desk: Desk
    /// Nil once it has ended.
    private(set) var door: HTTPDoor?
    private var route: Route
    private var intake: Intake
    private var conversation: DoorConversation?
    private var writer: HTTPResponseWriter
    /// Whether the head of a stream is written.
    private var hasBegun = false
    private var job: (any Job)?
    private var facts: JobFacts?
    private var isPlaced = false
    private var held = 0
    /// A result that takes many steps to be told; nil where there is none.
    private var telling: Telling?
    /// Room for one piece of the answer.
    private var piece = ByteBuffer()
    /// What most results are shorter than.
    private static let resultBytes = 1024
    /// More than a completion has as JSON beside its tokens: names, numbers, a few warnings.
    private static let besidesBytes = 64 << 10
    private var lastByteAt: UInt64 = 0
    /// Nil where silence is nobody's trouble.
    private var silence: Timer?

    /// The exchange of a request with this head; nil for bytes that had none.
    init(_ head: IncomingRequestHead?, key: String, at door: HTTPDoor) {
        self.key = key
        self.door = door
        peer = door.peer
        desk = door.desk
        intake = Intake(desk.limits.request, lineBytesMax: desk.limits.lineBytesMax)
        if let head {
            route = Router.route(head)
            writer = HTTPResponseWriter(to: head)
        } else {
            route = Route(.nowhere, OpenAIRefusal())
            writer = HTTPResponseWriter()
        }
        self.head = head
        route.tongue.named(key)
    }

    // MARK: The request

    /// Whether there is something for it at that path.
    var isExpected: Bool { route.refusal(of: head) == nil }

    private var isUnderstood = false

    /// Whether nothing is left to do but to wait for the answer.
    var isIdle: Bool { isUnderstood && telling == nil }

    /// Bytes that it holds itself.
    var heldBytes: Int { intake.heldBytes &+ (telling?.heldBytes ?? 0) }

    /// A piece of the body has come.
    func add(_ bytes: Span<UInt8>) { intake.add(bytes) }

    /// Goes on with the request, which has come whole, or with its answer; false if it is to be
    /// called again in another turn.
    func goOn(_ budget: inout TurnBudget) -> Bool {
        if telling == nil, !understand(&budget) { return false }
        while let telling {
            if tell(telling) { return true }
            if !budget.spend(2 * Slice.bytes, of: desk.loop) { return false }
        }
        return true
    }

    private func understand(_ budget: inout TurnBudget) -> Bool {
        guard let head else { return true }
        if let refusal = route.refusal(of: head) {
            refuse(refusal.fault, status: refusal.status)
            return true
        }
        switch route.kind {
        case .options:
            answer(204, Span())
            return true
        case .lines: return converse(&budget)
        default: break
        }
        do throws(Fault) {
            while true {
                let work = try step(head)
                if isUnderstood { return true }
                if !budget.spend(work, of: desk.loop) { return false }
            }
        } catch {
            fail(error)
            return true
        }
    }

    /// Takes one step towards the call and, when that is known, does it; the bytes it looked at.
    private func step(_ head: IncomingRequestHead) throws(Fault) -> Int {
        switch try intake.step(head, key: key, &route.tongue) {
        case .unfinished(let work): return work
        case .ready:
            var line = ByteBuffer()
            var call = try intake.call(&line)
            isUnderstood = true
            try checkContext()
            if let omission = intake.question?.omission { desk.service.warn(omission) }
            try desk.service.perform(&call, line.span, for: peer, reply: self)
            return 0
        }
    }

    /// Refuses a request that wants more context than its model can have.
    private func checkContext() throws(Fault) {
        guard let wish = intake.question?.context,
            let tokens = ContextInquiry.tokens(
                of: wish.model.span, desk.service, for: peer, desk.limits.request),
            tokens < wish.tokens
        else { return }
        throw .refused(wish.name, "is \(wish.tokens), and the model can have \(tokens) tokens")
    }

    private func converse(_ budget: inout TurnBudget) -> Bool {
        let conversation = conversation ?? DoorConversation(self)
        self.conversation = conversation
        var body = ByteBuffer()
        intake.swapBody(&body)
        let isTaken = conversation.take(body.span, &budget)
        intake.swapBody(&body)
        guard isTaken else { return false }
        isUnderstood = true
        intake.drop()
        conversation.answerIfDone()
        return true
    }

    // MARK: Reply

    func began(_ job: any Job) {
        guard door != nil else { return }
        self.job = job
        lastByteAt = desk.loop.now
        guard intake.question?.form == .events, let door else { return }
        let silence = Timer { [unowned self] in breakSilence() }
        self.silence = silence
        desk.loop.set(silence, after: door.silenceMax)
    }

    func hold(_ bytes: Int) throws(Fault) {
        guard door != nil else { return }
        // Nothing was told before.
        let told = isPlaced ? route.tongue.heldBytes : 0
        try desk.memory.hold(bytes + told, counted: &held)
    }

    func succeed(_ write: (inout ByteBuffer) -> Void) {
        guard door != nil else { return }
        var result = ByteBuffer(capacity: Self.resultBytes)
        write(&result)
        let max = desk.limits.outputBytesMax
        if result.count > max { return fail(.answerTooLarge(result.count, limit: max)) }
        place()
        var text = ByteBuffer(capacity: result.count &+ Self.resultBytes / 2)
        if route.tongue.tell(result.span, to: &text) { return finish(text.span) }
        telling = Telling(result, text)
        door?.answerGoesOn()
    }

    func succeed(
        _ completion: inout CompleteResult, _ tokens: inout CompleteResult.Tokens
    ) {
        guard door != nil else { return }
        // Its size as JSON, which is what counts, nobody knows; of a short one it does not matter.
        if tokens.byteCount &+ Self.besidesBytes <= desk.limits.outputBytesMax {
            place()
            var text = ByteBuffer(capacity: tokens.byteCount &+ Self.resultBytes / 2)
            if route.tongue.tell(completion, tokens, to: &text) { return finish(text.span) }
        }
        succeed { completion.write(&tokens, to: &$0) }
    }

    /// Takes another step with a long result; whether that was the last one.
    private func tell(_ telling: Telling) -> Bool {
        var result = ByteBuffer()
        var text = ByteBuffer()
        telling.swap(&result, &text)
        let isDone = route.tongue.tell(result.span, to: &text)
        if isDone { finish(text.span) } else { telling.swap(&result, &text) }
        return isDone
    }

    private func finish(_ text: Span<UInt8>) {
        if intake.question?.isStream == true {
            endStream(text)
        } else {
            answer(200, text) { head in
                facts?.writeBackend(to: &head)
                facts?.writeOverhead(to: &head)
            }
        }
    }

    func fail(_ fault: Fault) {
        refuse(fault, status: fault.status)
    }

    func delta(
        content: Span<UInt8>, reasoning: Span<UInt8>, refusal: Span<UInt8>,
        toolCalls: Span<UInt8>
    ) {
        guard door != nil else { return }
        if !isPlaced { place() }
        var text = ByteBuffer()
        swap(&text, &piece)
        text.removeAll()
        let delta = Delta(
            content: content, reasoning: reasoning, refusal: refusal, toolCalls: toolCalls)
        route.tongue.delta(delta, to: &text)
        send(text.span)
        swap(&text, &piece)
    }

    func flush() { door?.flush() }

    /// Nobody asks for it: what says how far a request is in these APIs is their silence.
    func progress(_ progress: Progress) {}

    var isFull: Bool { door?.isFull ?? false }

    /// The client has read most of what waited for it.
    func drained() {
        job?.drained()
    }

    /// The client is gone.
    func abandon() {
        guard door != nil else { return }
        let job = job
        let conversation = conversation
        release()
        job?.abandon()
        conversation?.end()
    }

    /// Learns who answers, and tells the tongue.
    private func place() {
        facts = job?.facts
        guard let model = facts?.model, let backend = facts?.backend else { return }
        isPlaced = true
        route.tongue.placed(model: model, backend: backend)
    }

    private func release() {
        door = nil
        isUnderstood = true
        if let silence { desk.loop.cancel(silence) }
        desk.memory.change(&held, to: 0)
        job = nil
        telling = nil
        conversation = nil
        intake.drop()
    }

    // MARK: The answer

    /// Answers with an error; `closes`: the connection as well, since the rest of the request is
    /// not waited for.
    func refuse(_ fault: Fault, status: Int, closes: Bool = false) {
        guard door != nil else { return }
        facts = job?.facts ?? facts
        var text = ByteBuffer()
        route.tongue.fail(fault.spelt, status: status, hasBegun: hasBegun, to: &text)
        if hasBegun { return endStream(text.span) }
        answer(status, text.span, closes: closes) { head in
            facts?.writeBackend(to: &head)
            head.append(fields: route.fields(status: status) + fault.fields(status: status))
        }
    }

    /// Answers that there is nothing at its path.
    func refuseUnexpected(closes: Bool) {
        guard let refusal = route.refusal(of: head) else { return }
        refuse(refusal.fault, status: refusal.status, closes: closes)
    }

    /// Answers in one piece; `addFields` appends fields of its own.
    func answer(
        _ status: Int, _ body: Span<UInt8>, closes: Bool = false,
        _ addFields: (inout ByteBuffer) -> Void = { _ in }
    ) {
        guard let door else { return }
        let type = status == 200 ? intake.question?.contentType : nil
        let gate = door.gate
        writer.whole(
            status, contentType: type ?? "application/json", body: body, closes: closes,
            to: &door.output
        ) { head in
            writeCommonFields(gate, to: &head)
            if case .options = route.kind {
                head.append(fields: route.preflight(self.head, gate))
            }
            addFields(&head)
        }
        end(door)
    }

    private func writeCommonFields(_ gate: Gate, to head: inout ByteBuffer) {
        if let facts {
            head.append("x-request-id: r")
            head.append(decimal: Int(facts.key))
            head.append("\r\n")
        } else {
            head.append(field: "x-request-id", key)
        }
        if gate.isRemote { head.append(fields: gate.fields(for: self.head)) }
    }

    /// Begins a stream where it is not begun.
    private func begin() {
        guard !hasBegun, let door else { return }
        hasBegun = true
        let type = intake.question?.form == .lines ? "application/x-ndjson" : "text/event-stream"
        let gate = door.gate
        writer.begin(200, contentType: type, to: &door.output) { head in
            writeCommonFields(gate, to: &head)
            facts?.writeBackend(to: &head)
        }
    }

    private func send(_ text: Span<UInt8>) {
        guard !text.isEmpty, let door else { return }
        begin()
        lastByteAt = desk.loop.now
        writer.piece(text, to: &door.output)
        door.outputGrew()
    }

    private func endStream(_ text: Span<UInt8>) {
        send(text)
        guard let door else { return }
        begin()
        writer.end(to: &door.output)
        end(door)
    }

    private func end(_ door: HTTPDoor) {
        release()
        door.ended(self, closes: writer.mustClose)
    }

    /// Nothing was sent for a while: a comment keeps clients and proxies from giving up.
    private func breakSilence() {
        guard let door, let silence else { return }
        if desk.loop.now &- lastByteAt >= door.silenceMax, !door.isFull {
            facts = job?.facts
            begin()
            lastByteAt = desk.loop.now
            writer.comment(to: &door.output)
            door.outputGrew()
        }
        let next = max(lastByteAt, desk.loop.now &- door.silenceMax / 2)
        desk.loop.set(silence, at: next &+ door.silenceMax)
    }
}

/// A result that is being told step by step, and what of it is told.
private final class Telling {
    private var result: ByteBuffer
    private var text: ByteBuffer

    init(_ result: consuming ByteBuffer, _ text: consuming ByteBuffer) {
        self.result = result
        self.text = text
    }

    /// Takes both out, or puts them back.
    func swap(_ result: inout ByteBuffer, _ text: inout ByteBuffer) {
        Swift.swap(&self.result, &result)
        Swift.swap(&self.text, &text)
    }

    var heldBytes: Int { result.allocated &+ text.allocated }
}
