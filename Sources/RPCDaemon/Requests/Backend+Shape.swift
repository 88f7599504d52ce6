import Backends
import Configuration
package import CrowdModelsProtocol
import Kernel
import Scheduling

extension BackendDescription {
    /// The backend as callers are told of it, and how its requests stand now.
    package init(_ backend: Backend) {
        let server = backend.server
        self.init(
            name: backend.name, kind: server.kind.rawValue,
            endpoint: backend.config.endpoint.original, state: backend.state.rawValue,
            origin: backend.origin.rawValue)
        let view = backend.dispatcher.view(of: backend)
        models = backend.offered.table.count
        inFlight = view?.inFlight ?? 0
        queued = view?.queued ?? 0
        rateLimit = backend.config.rateLimit
        breaker = (view?.breaker ?? .closed).word
        if backend.isUp, let pause = view?.pause {
            pausedBy = pause.word
            retryAfterMilliseconds = pause.wait.map(RefusalWords.milliseconds)
        }
        lastError = server.lastError
        lastSeenSeconds = server.lastSeen.map { seen in
            let now = backend.dispatcher.loop.now
            return Double((now &- min(seen, now)) / 1_000_000) / 1000
        }
    }
}

extension Scheduler.Pause {
    /// As the protocol spells it.
    fileprivate var word: String {
        switch self {
        case .held: "server"
        case .rateLimit: "rate_limit"
        case .breaker: "breaker"
        case .full: "max_concurrent"
        }
    }

    /// Nanoseconds until it is over; nil where nobody knows.
    fileprivate var wait: UInt64? {
        switch self {
        case .held(let wait), .rateLimit(let wait), .breaker(let wait): wait
        case .full: nil
        }
    }
}

extension BreakerState {
    /// As the protocol spells it.
    fileprivate var word: String {
        switch self {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half_open"
        }
    }
}
