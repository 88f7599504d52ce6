/// All that the scheduler knows of one request; it never sees a prompt.
///
/// Times are monotonic nanoseconds. Names are as the caller gave them, aliases resolved: an alias
/// that is a list is a model and its fallbacks.
///
/// Many properties: one for each thing that a request may ask of routing.
package struct Ticket: Sendable {
    /// What is to be done with the model.
    package enum Work: UInt8, Sendable {
        /// It answers, embeds or ranks.
        case generate
        /// `models.load`: it becomes loaded, throwing out no model that works.
        case load
        /// `models.unload`: it goes as soon as nothing runs on it.
        case unload
    }

    /// The daemon's name for the request, unique among all that are known.
    package var key: UInt64
    package var caller: Caller
    package var work = Work.generate
    /// The wanted model; nil: the scheduler chooses one.
    package var model: String?
    /// What may serve instead where the one before it cannot, in this order.
    package var fallbacks: [String]
    /// What the model must be able to do; what nobody knows of a model counts as able.
    package var needs: Abilities
    /// Tokens of context that it takes for certain; 0 where nothing is certain.
    package var contextTokens = 0
    /// The only backend that may serve it; nil for any.
    package var backend: String?
    /// The conversation it belongs to; nil for none.
    package var session: String?
    package var priority: Priority
    /// When the request gives up: its arrival and its time limit.
    package var expiresAt: UInt64
    /// When the answer must be complete to be of use; nil where any time will do.
    package var deadline: UInt64?
    /// The most tokens that it lets the model write; nil where it sets no bound.
    package var tokensMax: Int?
    /// Whether the caller wants to know its place (`progress`).
    package var wantsProgress: Bool
}

extension Ticket {
    /// By the memberwise one: what an initializer of its own fills in is copied at its end.
    package init(
        key: UInt64, caller: Caller, model: String?, expiresAt: UInt64,
        fallbacks: [String] = [], needs: Abilities = .chat, backend: String? = nil,
        session: String? = nil, priority: Priority = .interactive, deadline: UInt64? = nil,
        tokensMax: Int? = nil, wantsProgress: Bool = false
    ) {
        self.init(
            key: key, caller: caller, work: .generate, model: model, fallbacks: fallbacks,
            needs: needs, contextTokens: 0, backend: backend, session: session,
            priority: priority, expiresAt: expiresAt, deadline: deadline, tokensMax: tokensMax,
            wantsProgress: wantsProgress)
    }
}
