/// Why a try on a server failed, as far as anybody decides by it. Retry-after is nanoseconds.
package enum FailureClass: Equatable, Sendable {
    /// The request itself is wrong; every server would say so.
    case callersFault
    /// A 5xx, a reset, a cut or empty answer, or the backend's own time limit.
    case transient(retryAfter: UInt64?)
    /// The server, or what it ran, died while it answered.
    case crash
    /// 429: it has had enough for now.
    case throttled(retryAfter: UInt64?)
    /// The connection was refused, or there was none to be had: nobody listens.
    case unreachable
    /// It refuses the key, or the account behind it.
    case hardDown
    /// It has no such model, whatever its list says.
    case modelMissing
    /// The prompt does not fit; only a larger context helps.
    case contextTooLong
    /// The load was aborted because another was wanted: wait and try again.
    case contention

    /// What follows for the request.
    package enum Sequel: Equatable, Sendable {
        /// The failure is its answer.
        case none
        /// The next candidate may do better.
        case next
        /// A candidate with a larger context may do better.
        case larger
        /// The same candidate, after a while; that is no attempt.
        case again
    }

    /// What follows for the backend.
    package enum Mark: Equatable, Sendable {
        /// It did its work: it answered, if with an error.
        case none
        /// The breaker counts it; a cool-down lasts at least so long.
        case counted(floor: UInt64)
        /// Nothing is sent there for a while; nil where the server did not say how long.
        case held(UInt64?)
        /// Nothing is sent there until a look sees it up.
        case down
    }

    /// The one place that decides what a failure means.
    package var consequences: (sequel: Sequel, mark: Mark) {
        switch self {
        case .callersFault: (.none, .none)
        case .transient(let retryAfter): (.next, .counted(floor: retryAfter ?? 0))
        case .crash: (.next, .counted(floor: 0))
        case .throttled(let retryAfter): (.next, .held(retryAfter))
        case .unreachable: (.next, .down)
        case .hardDown: (.next, .none)
        case .modelMissing: (.next, .none)
        case .contextTooLong: (.larger, .none)
        case .contention: (.again, .none)
        }
    }
}
