/// What is known of one backend: from its configuration and from the last look at it.
///
/// Many properties: one for each fact that routing weighs.
package struct BackendFacts: Equatable, Sendable {
    /// Whether it may be sent anything.
    package enum State: UInt8, Sendable {
        /// Not looked at yet.
        case probing
        case up
        case down
        /// It refuses our key.
        case authFailed
    }

    /// What a load does to the models that are there.
    package enum Residency: Equatable, Sendable {
        /// Nothing: all that it lists can be served side by side.
        case all
        /// As many may be loaded at once; one more throws another out, together with what that one
        /// is generating. LM Studio's just-in-time loading: 1; llama.cpp's router: `models-max`;
        /// Ollama: what was seen to fit.
        case limited(Int)
    }

    package var name: String
    package var state = State.probing
    /// What it offers, or last offered before it went.
    package var models: [ModelFacts] = []
    /// Which of its lists that is: another one is taken over whole, be it the same.
    package var listNumber = 0
    /// How many requests it runs at once, at least 1.
    package var maxConcurrent = 4
    /// How many may wait for it.
    package var queueMax = SchedulingLimits.queueMax
    /// How many may start in any minute; nil for no limit.
    package var rateLimit: Int?
    /// The lower is tried first.
    package var priority = 0
    /// How long it may take for one request, from its arrival, in nanoseconds.
    package var timeout: UInt64 = 300_000_000_000
    package var residency = Residency.all
    /// Models that are loaded there and that `models` leaves out.
    package var othersLoaded = 0
    /// Requests of others that run there, and that wait there, as the server last told.
    package var othersRunning = 0
    package var othersWaiting = 0
    /// Whether a request may name the slot that is to serve it (llama.cpp's `id_slot`).
    package var assignsSlots = false

    package init(name: String) {
        self.name = name
    }

    /// All requests of others that are there.
    var others: Int { othersRunning + othersWaiting }
}

/// What is known of one model of a backend.
package struct ModelFacts: Equatable, Sendable {
    /// Whether it can answer at once.
    package enum State: UInt8, Sendable {
        case loaded, loading, notLoaded
        /// The server does not say; then it counts as loaded.
        case unknown
    }

    package var id: String
    package var state = State.unknown
    /// What it is known to be able to do.
    package var can: Abilities = []
    /// What it is known not to be able to do.
    package var cannot: Abilities = []
    /// Tokens that fit: as loaded, or else as it can be loaded; nil where nobody said.
    package var contextLength: Int?
    /// How many requests it serves at once, where that is its own number; nil: the backend's.
    package var parallel: Int?
    /// Whether its server runs it elsewhere: then it is served only where it is named.
    package var isRemote = false

    package init(id: String) {
        self.id = id
    }

    /// Whether it may be chosen for a conversation that names no model.
    var mayChat: Bool { !isRemote && !cannot.contains(.chat) }
}
