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

    /// Answers with a completion, as it is before it is JSON: for who tells it in words of his own.
    /// Both are lent and not changed: what is passed by value is copied at each door.
    func succeed(_ result: inout CompleteResult, _ tokens: inout CompleteResult.Tokens)

    /// Answers with an error.
    func fail(_ fault: Fault)

    /// Passes a piece of the answer on. Texts are the inside of JSON strings as they came, calls an
    /// array of deltas; empty for none.
    func delta(
        content: Span<UInt8>, reasoning: Span<UInt8>, refusal: Span<UInt8>,
        toolCalls: Span<UInt8>)

    /// What was passed on goes out now, and not only when the turn ends: the first words of an
    /// answer, where more of it has come with them.
    func flush()

    /// Tells how far the request is.
    func progress(_ progress: Progress)

    /// Passes on a notification that belongs to the request, where its caller can be told any.
    func tell(_ notification: StaticString, _ params: (inout ByteBuffer) -> Void)

    /// Ends the request without an answer, as protocols want it whose cancelled requests get none.
    func drop()

    /// Whether so much waits for the caller that nothing more should be made for it: the job stops
    /// feeding it, and goes on when it hears `drained`.
    var isFull: Bool { get }
}

extension Reply {
    /// Most callers are answered in our own words.
    package func succeed(
        _ result: inout CompleteResult, _ tokens: inout CompleteResult.Tokens
    ) {
        succeed { result.write(&tokens, to: &$0) }
    }

    /// Who is answered whole has nothing to send before.
    package func flush() {}

    /// Most callers can be told nothing but what is above.
    package func tell(_ notification: StaticString, _ params: (inout ByteBuffer) -> Void) {}

    /// Where every request is answered, a dropped one is, too.
    package func drop() { fail(Fault(.cancelled, "the request was cancelled")) }
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
    /// What may be told of it beside its answer; nil where there is nothing.
    var facts: JobFacts? { get }
}
