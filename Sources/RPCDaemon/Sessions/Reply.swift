package import CrowdModelsProtocol

/// The way back to whoever asked: one answer, and before it what belongs to the request.
///
/// A session writes it as lines, a door in the tongue of its callers. It lasts until it is
/// answered; once its peer is gone, what it is told goes nowhere. Who performs a call either
/// answers before returning, or tells `began` which job will.
package protocol Reply: AnyObject {
    /// Who asked.
    var peer: Peer { get }

    /// The request goes on after its call has returned: `job` hears of the caller's wishes until it
    /// has answered. The reply keeps it so long.
    func began(_ job: any Job)

    /// Says how many bytes are held for this request in all: its text, and what its server has
    /// answered so far. Throws 1013 where the daemon would hold more than `memory_max`; the request
    /// is to be given up then. Before `began` it also throws where the caller has as many requests
    /// in flight as it may: whatever goes on after its call says first what it holds.
    func hold(_ bytes: Int) throws(Fault)

    /// Answers with the result that `write` appends, a JSON value without line ends.
    func succeed(_ write: (inout ByteBuffer) -> Void)

    /// Answers with an error.
    func fail(_ fault: Fault)

    /// Passes a piece of the answer on. Texts are the inside of JSON strings as they came, calls an
    /// array of deltas; empty for none.
    func delta(
        content: Span<UInt8>, reasoning: Span<UInt8>, refusal: Span<UInt8>,
        toolCalls: Span<UInt8>)

    /// Tells how far the request is.
    func progress(_ progress: Progress)

    /// Whether so much waits for the caller that nothing more should be made for it: the job stops
    /// feeding it, and goes on when it hears `drained`.
    var isFull: Bool { get }
}

/// A request that goes on after its call has returned. What it is told may come at any time but
/// inside `began`; each of them may answer the reply before it returns.
package protocol Job: AnyObject {
    /// The caller does not want it any more: it is answered now.
    func cancel()
    /// The caller is gone: nobody is answered.
    func abandon()
    /// The caller has read most of what waited for it.
    func drained()
}

/// How far a request is; what is not known is nil.
package struct Progress: Equatable, Sendable {
    /// `queued`, `connecting`, `loading`, `prompt` or `generating`.
    package var phase: String
    /// Its place in its backend's queue, from 1.
    package var position: Int?
    /// How much of the phase is done, 0 to 1.
    package var fraction: Double?
    package var backend: String?
    /// Until its predicted start.
    package var etaMilliseconds: Int?

    package init(
        phase: String, position: Int? = nil, fraction: Double? = nil, backend: String? = nil,
        etaMilliseconds: Int? = nil
    ) {
        self.phase = phase
        self.position = position
        self.fraction = fraction
        self.backend = backend
        self.etaMilliseconds = etaMilliseconds
    }
}
