/// What is to be done now, given by `next` until it gives nil.
package enum Action: Equatable, Sendable {
    /// Send the request: its turn has come. It counts as running until `ended` or `gone`.
    case start(UInt64, Placement)
    /// The request waits on that backend for that model, be it for the first time or again.
    case queue(UInt64, on: String, model: String, QueueReason)
    /// Answer the request with an error; it is forgotten.
    case refuse(UInt64, Refusal)
    /// Answer the request with the failure of its last try; it is forgotten.
    case giveUp(UInt64)
    /// Tell the request's caller where it stands; it differs from what was told before.
    case tell(UInt64, Standing)
    /// A backend's breaker changed; for the log, `backends.list` and those who watch it.
    case breaker(backend: String, BreakerState, retryAfter: UInt64)
    /// Call `next` at that time even if nothing happens; nil: only an event does anything. It
    /// replaces what was said before.
    case wake(at: UInt64?)
    /// Nothing, and more is to be decided: whoever has other things to do may do them first.
    case goOn
}

/// Where a request goes, and how.
package struct Placement: Equatable, Sendable {
    package var backend: String
    /// The model's id as the backend spells it.
    package var model: String
    /// The slot that it is to name (`id_slot`); nil leaves the choice to the server.
    package var slot: Int?
    /// The first is 1; a try after an aborted load keeps its number.
    package var attempt: Int
    /// Whether the server has to load the model first.
    package var loads: Bool
    /// When it was predicted to start, as it came to wait; nil where nothing was known, or it did
    /// not wait.
    package var predictedStart: UInt64?
    /// What spoke for it there and for no other.
    package var advantage: Advantage
}

/// Why a request waits.
package enum QueueReason: UInt8, Sendable {
    /// It arrived, and others are before it.
    case arrived
    /// The try before failed, and the next candidate is busy.
    case failover
    /// The load it asked for was aborted by another.
    case contention
    /// The backend it waited for went away.
    case moved
}

/// Where a waiting request stands.
package struct Standing: Equatable, Sendable {
    package var backend: String
    package var model: String
    /// The first is 1, counted per backend.
    package var position: Int
    /// Nanoseconds until the predicted start; nil where nothing is known.
    package var eta: UInt64?
}

/// Whether a backend is trusted to answer.
package enum BreakerState: UInt8, Sendable {
    /// Yes. Left after 3 failures in a row, or half of at least 10 in 30 s.
    case closed
    /// No. Left when its cool-down is over and a request wants to try.
    case open
    /// One request tries. Left by how that ends.
    case halfOpen
}
