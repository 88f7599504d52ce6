package import CrowdModelsProtocol
package import Metrics

/// The life of one request that a model server answers, from its arrival to its one answer: every
/// rule of cancel, time limits, interruption, failover and shutdown, and nothing else.
///
/// It owns no connection, no clock and no text. What happened goes in, what is to be done comes
/// out; after `ended` it says nothing more, whatever still happens. What has a fault is kept apart
/// (`indirect`): most lives have none, and pass a few bytes instead of its hundred.
///
///     queued ──started──▶ trying ──failed──▶ undecided ──started──▶ trying
///        └───────────────────┴──────────────────┴──────▶ ended
package struct CompletionLife {
    /// How far it is, as `requests.list`, `complete.progress` and a timeout name it.
    package enum Phase: String, Sendable {
        case queued, connecting, loading, prompt, generating
    }

    package enum State: Equatable, Sendable {
        /// Waits for its turn; left by `started`, or by an ending.
        case queued
        /// A server is asked; left by `failed` (to `undecided` or `ended`), or by an ending.
        case trying(Phase)
        /// A try failed before anything was told, and the scheduler looks for another server. Left
        /// by `started`, or by an ending: `gaveUp` answers with the fault.
        indirect case undecided(Fault)
        /// Answered, or its caller is gone. Never left.
        case ended
    }

    package enum Event: Sendable {
        /// Its turn came on a server; whether the server has to load the model first.
        case started(isLoading: Bool)
        /// The request is written to the server's connection.
        case sent
        /// The first text, reasoning or tool call came by itself, not within a whole answer.
        case firstDelta
        /// The answer is complete.
        case finished
        /// The try ended without a complete answer. `isFinal`: no other server may be asked.
        indirect case failed(Fault, isFinal: Bool)
        /// The scheduler has no other server, and tries no more.
        case gaveUp
        /// The scheduler will not start it: never sent, by our own rules.
        indirect case refused(Fault)
        /// Its caller, or somebody who may, does not want it any more.
        case cancelled
        /// Its caller is gone: nobody is to be answered.
        case abandoned
        /// Its time is over. The fault has the words; `phase` and `content` are added here.
        indirect case expired(Fault)
        /// The daemon stops: what waits is told at once.
        indirect case stopping(Fault)
        /// The daemon ends now: what runs is told too.
        indirect case cutShort(Fault)
    }

    /// What its caller gets at the end.
    package enum Answer: Equatable, Sendable {
        /// The result; as `cancelled` the text so far, with that finish reason.
        case result(isCancelled: Bool)
        /// The error; `withContent`: the text so far goes into its data as `content`.
        indirect case fault(Fault, withContent: Bool)
        /// Nothing: nobody is there.
        case nothing
    }

    /// The end: what is answered, and how it counts.
    package struct Ending: Equatable, Sendable {
        package let answer: Answer
        package let outcome: Outcome
        /// The kind of error it counts under; nil for none.
        package let code: ErrorCode?
        /// Whether a server is still at it, so that its connection has to be closed now.
        package let dropsExchange: Bool
        /// What the scheduler has to hear of it.
        package let verdict: Verdict
    }

    /// What an end means for the backend that was tried.
    package enum Verdict: Equatable, Sendable {
        /// It served the request.
        case served
        /// It failed.
        case failed
        /// The request left it, or never came to it, for reasons of our own.
        case left
    }

    package enum Action: Equatable, Sendable {
        case nothing
        /// Tell whoever follows it that the phase changed.
        case tell(Phase)
        /// Close the try's connection if it is open, and let the scheduler choose again.
        case askAgain
        /// The last action.
        case end(Ending)
    }

    package private(set) var state = State.queued
    /// How far it is, or was when it ended; `queued` while another server is sought.
    package private(set) var phase = Phase.queued
    /// Whether its caller may have been told anything of the answer.
    package private(set) var hasText = false
    /// Tries so far.
    package private(set) var attempts = 0

    package init() {}

    package var isEnded: Bool { state == .ended }

    /// Takes what happened; what is to be done.
    package mutating func take(_ event: Event) -> Action {
        switch (state, event) {
        case (.ended, _): return .nothing
        case (.queued, .started(let isLoading)), (.undecided, .started(let isLoading)):
            attempts += 1
            return enter(isLoading ? .loading : .connecting)
        case (.trying(.connecting), .sent): return enter(.prompt)
        case (.trying(let phase), .firstDelta):
            hasText = true
            return phase == .generating ? .nothing : enter(.generating)
        case (.trying, .finished):
            return end(.result(isCancelled: false), .succeeded, nil, drops: false, .served)
        case (.trying, .failed(let fault, let isFinal)): return failed(fault, isFinal: isFinal)
        case (.undecided(let fault), .gaveUp):
            return end(.fault(fault, withContent: false), .failed, fault.code, drops: false)
        case (_, .refused(let fault)): return refused(fault)
        case (_, .cancelled): return cancelled()
        case (_, .abandoned): return end(.nothing, .cancelled, nil, drops: true)
        case (_, .expired(let fault)): return expired(fault)
        case (.queued, .stopping(let fault)), (.undecided, .stopping(let fault)):
            return end(.fault(fault, withContent: false), waitingOutcome, fault.code, drops: false)
        case (_, .cutShort(let fault)):
            return end(.fault(fault, withContent: hasText), .cancelled, fault.code, drops: true)
        case (_, .started), (_, .sent), (_, .firstDelta), (_, .finished), (_, .failed),
            (_, .gaveUp), (.trying, .stopping):
            return .nothing
        }
    }

    private mutating func enter(_ phase: Phase) -> Action {
        state = .trying(phase)
        self.phase = phase
        return .tell(phase)
    }

    /// What was never sent is rejected; what was tried and waits again has failed.
    private var waitingOutcome: Outcome { attempts == 0 ? .rejected : .failed }

    private mutating func failed(_ fault: Fault, isFinal: Bool) -> Action {
        // The backend's own time limit is told as the caller's is.
        if hasText, fault.code == .timeout { return expired(fault, .failed) }
        if hasText, fault.code != .limitExceeded { return interrupted(fault) }
        if isFinal || hasText {
            return end(
                .fault(fault, withContent: false), .failed, fault.code, drops: true, .failed)
        }
        state = .undecided(fault)
        phase = .queued
        return .askAgain
    }

    /// The caller has text already: the failure is that of the stream, its cause stays told.
    private mutating func interrupted(_ fault: Fault) -> Action {
        var data = fault.data
        data["kind"] = nil
        data["cause"] = .string(fault.code.kind)
        // What does not fit will not the next time either.
        let broken = Fault(
            .streamInterrupted, "the stream broke off: \(fault.message)", data: data,
            retryable: fault.code == .contextOverflow ? false : nil)
        return end(
            .fault(broken, withContent: true), .failed, broken.code, drops: true, .failed)
    }

    private mutating func refused(_ fault: Fault) -> Action {
        // Tried before: what the server said tells more than why no other may be asked.
        if case .undecided(let first) = state {
            return end(.fault(first, withContent: false), .failed, first.code, drops: false)
        }
        return end(.fault(fault, withContent: false), waitingOutcome, fault.code, drops: true)
    }

    private mutating func cancelled() -> Action {
        if hasText { return end(.result(isCancelled: true), .cancelled, nil, drops: true) }
        let fault = Fault(.cancelled, "the request was cancelled before it produced any text")
        return end(.fault(fault, withContent: false), .cancelled, fault.code, drops: true)
    }

    private mutating func expired(_ fault: Fault, _ verdict: Verdict = .left) -> Action {
        var fault = fault
        fault.data["phase"] = .string(phase.rawValue)
        return end(
            .fault(fault, withContent: true), waitingOutcome, fault.code, drops: true, verdict)
    }

    private mutating func end(
        _ answer: Answer, _ outcome: Outcome, _ code: ErrorCode?, drops: Bool,
        _ verdict: Verdict = .left
    ) -> Action {
        var isTrying = false
        if case .trying = state { isTrying = true }
        state = .ended
        return .end(
            Ending(
                answer: answer, outcome: outcome, code: code, dropsExchange: drops && isTrying,
                verdict: verdict))
    }
}
