package import Backends
package import Scheduling

/// From what a server said to what the scheduler decides by.
extension ServerFailure {
    /// What kind of failure it is; exhaustive, so that a new reason has to say whose it is.
    package var failureClass: FailureClass {
        switch reason {
        case .noConnection, .untrusted: .unreachable
        case .broken, .cut, .empty: .transient(retryAfter: wait)
        case .crashed: .crash
        case .unauthorized, .noQuota: .hardDown
        case .rateLimited: .throttled(retryAfter: wait)
        case .contextOverflow: .contextTooLong
        case .unknownModel, .noModelLoaded: .modelMissing
        case .contention: .contention
        case .notReady: .transient(retryAfter: wait)
        case .unreadable, .encoded, .redirected, .unknownRoute, .refused:
            status >= 500 ? .transient(retryAfter: wait) : .callersFault
        case .tooLarge, .overKept: .callersFault
        // Nor the caller's, but another server would not be reached either.
        case .ownLack, .crowdedOut: .callersFault
        }
    }

    /// Nanoseconds that the server asked for.
    private var wait: UInt64? {
        retryAfter.map { UInt64(clamping: $0) &* 1_000_000 }
    }
}
