/// What the scheduler tells those who ask.
extension Scheduler {
    /// What `backends.list` says of one backend beside the facts.
    package struct BackendView: Equatable, Sendable {
        package var inFlight: Int
        package var queued: Int
        package var breaker: BreakerState
        /// Why it takes nothing now; nil where it does. Nanoseconds from now.
        package var pause: Pause?
    }

    /// Why a backend takes nothing now.
    package enum Pause: Equatable, Sendable {
        /// The server asked for it (429, `x-ratelimit`).
        case held(UInt64)
        /// The configuration's `rate_limit` is used up.
        case rateLimit(UInt64)
        /// The breaker is open.
        case breaker(UInt64)
        /// As many run as may.
        case full
    }

    /// How things are at a backend; nil where there is none of that name.
    package func view(of backend: String, now: UInt64) -> BackendView? {
        guard let lane = laneNamed[backend] else { return nil }
        return BackendView(
            inFlight: lanes[lane].running, queued: lanes[lane].queued,
            breaker: lanes[lane].breaker.state, pause: pause(lane, now: now))
    }

    /// How many run, and how many wait, everywhere.
    package var totals: (inFlight: Int, queued: Int) {
        laneOrder.reduce((0, 0)) { ($0.0 + lanes[$1].running, $0.1 + lanes[$1].queued) }
    }

    private func pause(_ lane: Int, now: UInt64) -> Pause? {
        if lanes[lane].heldUntil > now { return .held(lanes[lane].heldUntil - now) }
        if lanes[lane].breaker.forbids(now: now) {
            return .breaker(lanes[lane].breaker.opensUntil - now)
        }
        if !lanes[lane].rate.isOpen(now: now) {
            return .rateLimit(lanes[lane].rate.wait(position: 1, now: now))
        }
        return lanes[lane].running >= lanes[lane].facts.maxConcurrent ? .full : nil
    }
}
