/// One model of one backend: what is known of it, and what runs on it.
struct LaneModel {
    var facts: ModelFacts
    /// Whether the last look listed it.
    var isListed = true
    /// Whether it is forgotten, and its place may be another's.
    var isFree = false
    /// Whether it is loaded, as a look or an answer last told.
    var isLoaded = false
    /// Requests that run on it.
    var running = 0
    /// Whether it is being unloaded: nothing starts until that has ended.
    var isUnloading = false
    /// Nothing starts before that time, after a load was aborted; and how long the last pause was.
    var notBefore: UInt64 = 0
    var contentionSpan: UInt64 = 0
    /// Since when a look sees it loading though none of ours asked for it; nil while it does not.
    var loadsElsewhereSince: UInt64?
    var forecast = Forecast()
    var slots = Slots()

    init(_ facts: ModelFacts) {
        self.facts = facts
    }

    /// Whether one more may run on it.
    func hasRoom(now: UInt64) -> Bool {
        if isUnloading || notBefore > now { return false }
        return facts.parallel.map { running < max(1, $0) } ?? true
    }
}
