/// Every number the scheduler decides by, each with its reason. Times are nanoseconds.
package enum SchedulingLimits {
    /// How many may wait for one backend where the configuration does not say: at the four parallel
    /// generations of an ordinary backend and 5 s each, the last of 256 starts after 320 s, about
    /// the default timeout; a longer queue would only hold requests that expire in it.
    package static let queueMax = 256

    /// How long a request lets others overtake it, be it because their model is loaded or because
    /// it is a batch one. A load takes from seconds to a minute: 30 s pays for it with as much
    /// work, and bounds the wait of whoever wants another model.
    package static let evictionPatience: UInt64 = 30_000_000_000

    /// The span in which a rate limit counts: a minute, and a tenth of a second for requests that
    /// reach the server later than they were started here.
    package static let rateWindow: UInt64 = 60_100_000_000

    /// The least retry-after: sooner than this a refused client would cost more by asking again
    /// than by being served.
    package static let retryAfterMin: UInt64 = 100_000_000

    /// The retry-after of a busy backend that has not finished anything yet: one second is short
    /// for a person and long for a loop.
    package static let retryAfterUnknown: UInt64 = 1_000_000_000

    /// How long an idle backend's service time is believed: without an end, one slow load would
    /// refuse every deadline from then on, and nothing would ever correct it.
    package static let serviceTimeMemory: UInt64 = 60_000_000_000
}
