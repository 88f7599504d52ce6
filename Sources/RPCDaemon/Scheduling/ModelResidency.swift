/// Which models one backend can serve without throwing out another.
///
/// On a backend that evicts, loading a model may kill what another one generates. So a model that
/// is not loaded starts only on an idle backend, and keeps it to itself until its requests have
/// ended or discovery sees it loaded.
struct ModelResidency {
    private(set) var evicts: Bool
    /// Few, and mostly the very string that is looked for: comparing beats hashing.
    private var loaded: [String] = []
    private var occupancy = Occupancy.open

    private enum Occupancy {
        /// Everything in flight is loaded: whatever is loaded may join.
        case open
        /// Something in flight is not loaded: only its own model may join, until it ends.
        case only(String)
        /// Several such models are in flight, since discovery lost them: none may join.
        case draining
    }

    init(evicts: Bool) {
        self.evicts = evicts
    }

    /// Whether everything in flight is loaded: then the end of one of them changes nothing.
    var isOpen: Bool {
        if case .open = occupancy { return true }
        return false
    }

    /// Whether a request for the model can be served as things are.
    func isResident(_ model: String) -> Bool {
        if !evicts { return true }
        switch occupancy {
        case .open: return loaded.contains(model)
        case .only(let other): return other == model
        case .draining: return false
        }
    }

    /// Whether a request for the model may be sent; an idle backend may load anything.
    func mayStart(_ model: String, idle: Bool) -> Bool {
        idle || isResident(model)
    }

    /// A model that is not resident was asked for on the idle backend.
    mutating func loading(_ model: String) {
        occupancy = .only(model)
    }

    /// A request ended well. If its model was not known to be loaded, it is now, and the others may
    /// have gone for it: only discovery can say.
    mutating func served(_ model: String, stillRunning: [BackendQueue.Running]) {
        if !loaded.contains(model) { loaded = [model] }
        ended(stillRunning: stillRunning)
    }

    /// A request ended, of which nothing is learnt.
    mutating func ended(stillRunning: [BackendQueue.Running]) {
        occupy(by: stillRunning)
    }

    /// Discovery has listed what is loaded.
    mutating func seen(_ models: Set<String>, running: [BackendQueue.Running]) {
        loaded = Array(models)
        occupy(by: running)
    }

    mutating func evictionChanged(to evicts: Bool, running: [BackendQueue.Running]) {
        self.evicts = evicts
        occupy(by: running)
    }

    private mutating func occupy(by running: [BackendQueue.Running]) {
        occupancy = .open
        guard evicts, let stranger = running.first(where: { !loaded.contains($0.model) }) else {
            return
        }
        let alone = running.allSatisfy { $0.model == stranger.model }
        occupancy = alone ? .only(stranger.model) : .draining
    }
}
