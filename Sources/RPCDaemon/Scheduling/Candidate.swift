/// A model on a backend that might serve a request, and what speaks for and against it.
///
/// Many properties: one for each thing that is weighed.
struct Candidate {
    var lane: Int
    var model: Int
    /// Its place among the wanted models: 0 for the one that was named.
    var choice: Int
    var forbidden: Forbidden = []
    var isLoaded: Bool
    /// Whether it holds the conversation's prompt.
    var hasSession = false
    var priority: Int
    /// Failures in a row that its backend has behind it.
    var failures: Int
    /// Whether it would be sent there at once.
    var startsAtOnce: Bool
    /// Nanoseconds until the predicted start.
    var wait: UInt64 = 0
    var position = 1
    /// Nanoseconds until the predicted first token.
    var firstToken: UInt64 = 0
    /// Requests that run and wait there, for each that may run.
    var crowd: Double

    /// Whether it is to be tried before the other; what is left is the order of the configuration.
    func precedes(_ other: Candidate) -> Bool {
        if forbidden.isEmpty != other.forbidden.isEmpty { return forbidden.isEmpty }
        if choice != other.choice { return choice < other.choice }
        if isLoaded != other.isLoaded { return isLoaded }
        if hasSession != other.hasSession { return hasSession }
        if priority != other.priority { return priority < other.priority }
        if failures != other.failures { return failures < other.failures }
        if firstToken != other.firstToken { return firstToken < other.firstToken }
        return crowd < other.crowd
    }

    /// What put it before the next best, which nothing forbids either; nil where there is none.
    func advantage(over other: Candidate?) -> Advantage {
        guard let other else { return .only }
        if choice != other.choice { return .name }
        if isLoaded != other.isLoaded { return .loaded }
        if hasSession != other.hasSession { return .session }
        if priority != other.priority { return .priority }
        if failures != other.failures { return .failures }
        if firstToken != other.firstToken { return .firstToken }
        return crowd == other.crowd ? .order : .crowd
    }
}

/// What spoke for the place that a request goes to, as `--log-level debug` tells it.
package enum Advantage: UInt8, Sendable {
    /// No other can serve it.
    case only
    /// The model that was named before the others.
    case name
    case loaded, session, priority
    /// Fewer failures in a row.
    case failures
    case firstToken, crowd
    /// Nothing but the order of the configuration.
    case order
    /// It had a free place before the one it waited for.
    case free
}

/// Why a candidate is not taken.
struct Forbidden: OptionSet {
    let rawValue: UInt16

    /// It is down, or was not looked at yet.
    static let down = Forbidden(rawValue: 1)
    /// It refuses our key.
    static let auth = Forbidden(rawValue: 2)
    static let breaker = Forbidden(rawValue: 4)
    /// The rate limit, or a pause it asked for, would hold the request back past its time.
    static let rateLimit = Forbidden(rawValue: 8)
    static let queueFull = Forbidden(rawValue: 16)
    static let context = Forbidden(rawValue: 32)
    static let capability = Forbidden(rawValue: 64)
    /// The request names another backend.
    static let backend = Forbidden(rawValue: 128)
    /// The answer is predicted to end after the deadline.
    static let deadline = Forbidden(rawValue: 256)
    /// Its server runs it elsewhere, and the request does not name it.
    static let remote = Forbidden(rawValue: 512)
}
