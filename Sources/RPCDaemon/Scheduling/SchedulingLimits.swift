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

    /// How many requests for the loaded model go while another model waits, and how many
    /// interactive ones while a batch one does: a load is paid for by eight answers, and eight are
    /// as many as a person lets pass.
    package static let overtakingMax = 8

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

    /// Callers per backend whose accounts are kept after their last request: as many programs as
    /// ask again and again at once; they are searched through, which has to cost less than to make
    /// an account anew.
    package static let restingAccountsMax = 32

    /// How many of those that wait elsewhere an idle backend looks at, beside the first of each
    /// kind, for one that it can serve: some microseconds, at each end of a request there.
    package static let takenOverMax = 16

    /// Tries of one request, in all.
    package static let attemptsMax = 3

    /// Failures in a row that open a breaker: one is a hiccup, two happen, three are a pattern.
    package static let breakerStreak = 3
    /// The seconds in which half of the answers must have been failures, and how many there must
    /// be at least for the half to mean something.
    package static let breakerSeconds = 30
    package static let breakerAnswersMin: UInt64 = 10
    /// The first cool-down, a restart of a small server; it doubles up to the last, after which
    /// asking once a minute costs nobody anything.
    package static let coolDownMin: UInt64 = 1_000_000_000
    package static let coolDownMax: UInt64 = 60_000_000_000

    /// How long nothing is sent after a 429 that does not say, doubling like a cool-down.
    package static let holdMin: UInt64 = 1_000_000_000

    /// How long a request waits after its load was aborted, doubling: a load takes seconds, and
    /// whoever wants the other model has it for some.
    package static let contentionMin: UInt64 = 250_000_000
    package static let contentionMax: UInt64 = 4_000_000_000

    /// How long a load that somebody else asked for keeps ours waiting: longer than any model takes
    /// from a disk; then the server's word is not believed any more.
    package static let foreignLoad: UInt64 = 120_000_000_000

    /// How many turns a caller keeps that others had while it waited in another band: enough to
    /// catch up with a run of the loaded model, too few to hold up the rest.
    package static let shareLagMax: UInt64 = 8
    /// What one request can cost in units of an ordinary one, however long it took.
    package static let shareCostMax: UInt64 = 16

    /// Steps without an action after which others may have their turn: looking at one that waits
    /// costs a microsecond or two.
    package static let stepsMax = 64

    /// Models of a list that is taken over at once, some 100 µs; a longer one step by step.
    package static let listedAtOnce = 256
    /// Models of a list for which places are found in one step, and bytes of their names.
    static let placedAtOnce = 8
    static let placedBytes = 2048
    /// Places of models that are kept though none is there: some 200 bytes each.
    static let freeModelsMax = 1024
    /// Nodes of a queue's tree that are kept while nobody waits there: four for each of as many
    /// callers as accounts are kept of.
    static let nodesKept = 4 * restingAccountsMax
    /// Places of requests that are kept while there is none: more than run at once on any machine.
    static let entriesKept = 1024

    /// Conversations remembered, and for how long: what a server's cache may still hold.
    package static let sessionsMax = 1024
    package static let sessionMemory: UInt64 = 1_800_000_000_000
    /// Users of whom the last model is remembered.
    package static let usersMax = 256

    /// The least time between two tellings of a lane's positions, and what each that waits adds:
    /// finding the order costs about a microsecond each, so at most a fiftieth of the processor.
    package static let tellInterval: UInt64 = 20_000_000
    package static let tellIntervalEach: UInt64 = 50_000
    /// The places told exactly; whoever stands behind them is told how many wait.
    package static let positionsMax = 1024
    /// The places found exactly for those who ask: some 8 ms of work, less than a turn.
    package static let placesMax = 8192
    /// How many may wait and each who asks still finds the places of this very moment: the queue of
    /// the defaults. Longer ones are found anew as often as places are told.
    package static let placesExactMax = queueMax

    /// `max_tokens` beyond this says nothing about the length of an answer.
    package static let tokensBelieved = 1_000_000
}
