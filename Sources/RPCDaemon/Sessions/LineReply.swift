import CrowdModelsProtocol
import Kernel

/// The reply to a request that came in a line: whom to answer, under which id, alone or in a batch.
///
/// One that was answered before its call returned is used again for the next, by any conversation;
/// one that a job keeps lasts until it is answered, or until its conversation ends: then what it is
/// told goes nowhere.
final class LineReply: Reply {
    private(set) var peer: Peer
    /// Nil once it is answered, or nobody is there to answer.
    private(set) var conversation: Conversation?
    private(set) var id: RequestID
    private var batch: Batch?
    /// Goes on until it is answered.
    private(set) var job: (any Job)?
    /// Where it stands among the requests in flight.
    var place = -1
    private var held = 0
    private var sequence = 0

    init(_ conversation: Conversation, id: Span<UInt8>, batch: Batch?) {
        peer = conversation.peer
        self.conversation = conversation
        self.id = RequestID(id)
        self.batch = batch
    }

    /// Makes it the reply to another request.
    func reuse(_ conversation: Conversation, id: Span<UInt8>, batch: Batch?) {
        peer = conversation.peer
        self.conversation = conversation
        self.id = RequestID(id)
        self.batch = batch
        sequence = 0
    }

    func began(_ job: any Job) {
        guard let conversation else { return }
        self.job = job
        batch?.outstanding += 1
        conversation.add(self)
    }

    func hold(_ bytes: Int) throws(Fault) {
        guard let conversation else { return }
        if place < 0 { try conversation.checkRoom() }
        // The id may be kept twice: as it came and as it is compared.
        try conversation.desk.memory.hold(bytes + 2 * id.count, counted: &held)
    }

    func succeed(_ write: (inout ByteBuffer) -> Void) {
        answer { conversation, id, batch in conversation.answer(id, batch, write) }
    }

    func fail(_ fault: Fault) {
        answer { conversation, id, batch in conversation.refuse(id, batch, fault) }
    }

    func drop() {
        answer { _, _, _ in }
    }

    @inline(__always)
    private func answer(_ write: (Conversation, Span<UInt8>, Batch?) -> Void) {
        guard let conversation = conversation.take() else { return }
        let isLate = place >= 0
        release(conversation)
        write(conversation, id.token, batch)
        guard isLate else { return }
        if let batch { conversation.settled(batch) }
        conversation.answered()
    }

    /// Its conversation has ended, or it is answered by whoever performed the call.
    func abandon() {
        guard let conversation = conversation.take() else { return }
        let job = job
        release(conversation)
        job?.abandon()
    }

    private func release(_ conversation: Conversation) {
        conversation.desk.memory.change(&held, to: 0)
        job = nil
        guard place >= 0 else { return }
        conversation.remove(self)
        batch?.outstanding -= 1
    }

    var isFull: Bool { conversation?.isFull ?? false }

    func delta(
        content: Span<UInt8>, reasoning: Span<UInt8>, refusal: Span<UInt8>,
        toolCalls: Span<UInt8>
    ) {
        guard let conversation else { return }
        let number = sequence
        sequence += 1
        conversation.output.append(notification: ServerNotification.completeDelta.name) { out in
            CompleteDelta.write(
                id: id.token, sequence: number, content: content, reasoning: reasoning,
                refusal: refusal, toolCalls: toolCalls, to: &out)
        }
        conversation.told()
    }

    func flush() { conversation?.outlet?.flush() }

    func progress(_ progress: Progress) {
        tell(ServerNotification.completeProgress.name) { out in
            CompleteProgress.write(
                id: id.token, phase: progress.phase, position: progress.position,
                progress: progress.fraction, backend: progress.backend,
                etaMilliseconds: progress.etaMilliseconds, to: &out)
        }
    }

    func tell(_ notification: StaticString, _ params: (inout ByteBuffer) -> Void) {
        guard let conversation else { return }
        conversation.output.append(notification: notification, params: params)
        conversation.told()
    }
}
