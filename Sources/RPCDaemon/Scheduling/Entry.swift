/// A request that the scheduler knows, from its arrival until it is answered.
///
/// Many properties: its ticket, its place in a lane and its turn, read by one decision.
struct Entry {
    var ticket: Ticket
    var arrivedAt: UInt64
    /// Where it waits or runs.
    var lane = -1
    var model = -1
    /// Its index among those that wait there; -1 while it runs.
    var waiting = -1
    /// The leaf of the lane's accounts that pays for it.
    var account = -1
    /// Tries so far.
    var attempts = 0
    /// Where it failed.
    private(set) var tried: [Failed] = []
    /// The least context that a next candidate has to have; 0 for any.
    var contextAbove = 0
    /// Whether its next start repeats a try that an aborted load cut short.
    var isRepeat = false
    var startedAt: UInt64 = 0
    var firstTokenAt: UInt64?
    /// Whether its server had to load the model for it.
    var loads = false
    var slot: Int?
    /// Under which number its slot knows its conversation; 0 for none.
    var owner: UInt64 = 0
    var predictedStart: UInt64?
    var advantage = Advantage.only
    var positionTold = 0

    var isWaiting: Bool { waiting >= 0 }

    /// A model of a backend, by their names: their places may be others' by now.
    struct Failed {
        var backend: String
        var model: String
    }

    /// It goes to that model of the lane, at the expense of that account.
    mutating func placed(lane: Int, model: Int, account: Int) {
        self.lane = lane
        self.model = model
        self.account = account
        positionTold = 0
    }

    /// Its next try begins, on no slot yet.
    mutating func started(loads: Bool, now: UInt64) {
        if !isRepeat { attempts += 1 }
        isRepeat = false
        startedAt = now
        firstTokenAt = nil
        self.loads = loads
        slot = nil
        owner = 0
    }

    /// It failed there.
    mutating func failed(at model: String, of backend: String) {
        tried.append(Failed(backend: backend, model: model))
    }

    /// Whether it failed there.
    func hasTried(_ model: String, of backend: String) -> Bool {
        tried.contains { $0.backend == backend && $0.model == model }
    }

    /// Nothing more is known of it: what it named is let go of, since its place may stay empty.
    mutating func forget() {
        tried = []
        ticket.model = nil
        ticket.fallbacks = []
        ticket.backend = nil
        ticket.session = nil
        ticket.caller.tag = ""
    }
}
