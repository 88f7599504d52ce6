import Scheduling

/// A model server in a `World`: what it has loaded, what it generates, and what a look at it tells.
struct Server {
    /// What the daemon knows of it, as of the last look.
    private(set) var facts: BackendFacts
    var isDead = false
    /// Whether the daemon has no such backend at present.
    var isGone = false
    private var loaded: [String] = []
    private var running: [String: Int] = [:]
    private let room: Int?
    /// What it can have; what it lists changes.
    private let all: [ModelFacts]

    init(_ number: Int, _ random: inout SeededGenerator) {
        facts = BackendFacts(name: "server\(number)")
        facts.maxConcurrent = Int.random(in: 1...4, using: &random)
        facts.queueMax = Int.random(in: 3...30, using: &random)
        facts.priority = Int.random(in: 0...1, using: &random)
        facts.rateLimit = Bool.random(using: &random) ? nil : Int.random(in: 5...40, using: &random)
        room = [nil, nil, 1, 1, 2].randomElement(using: &random) ?? nil
        facts.residency = room.map { .limited($0) } ?? .all
        let names = ["a", "b", "c", "d"].filter { _ in Bool.random(using: &random) }
        facts.models = (names.isEmpty ? ["a"] : names).map { name in
            var model = ModelFacts(id: name)
            model.contextLength = [nil, 1000, 2000].randomElement(using: &random) ?? nil
            model.isRemote = Int.random(in: 0...9, using: &random) == 0
            if Int.random(in: 0...4, using: &random) == 0 { model.cannot = [.vision] }
            return model
        }
        if room == nil {
            loaded = facts.models.map(\.id)
            if Bool.random(using: &random) { facts.assignsSlots = true }
            if facts.assignsSlots {
                for index in facts.models.indices {
                    facts.models[index].parallel = facts.maxConcurrent
                }
            }
        }
        all = facts.models
    }

    /// What an independent account needs of it.
    var account: (facts: BackendFacts, isIdle: Bool) {
        (facts, running.values.allSatisfy { $0 == 0 })
    }

    mutating func look(_ random: inout SeededGenerator) {
        facts.state = isDead ? .down : .up
        if Int.random(in: 0..<20, using: &random) == 0 {
            facts.models = all.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
        }
        if isDead, room != nil { loaded = [] }
        facts.othersLoaded =
            room == nil
            ? 0
            : loaded.count { name in
                !facts.models.contains { $0.id == name }
            }
        for index in facts.models.indices {
            facts.models[index].state =
                loaded.contains(facts.models[index].id) ? .loaded : .notLoaded
        }
    }

    /// Whether a request for the model makes another leave that works.
    func evicts(_ model: String) -> Bool {
        guard let room, !loaded.contains(model), running[model, default: 0] == 0 else {
            return false
        }
        let working = running.filter { $0.value > 0 }.map(\.key)
        let present = Set(loaded).union(working)
        return !working.isEmpty && present.count + 1 > room
    }

    /// Whether any request for the model is under way.
    func works(_ model: String) -> Bool { running[model, default: 0] > 0 }

    mutating func unload(_ model: String) {
        if room != nil { loaded.removeAll { $0 == model } }
    }

    /// A request comes; true if the model is loaded for it.
    mutating func started(_ model: String) -> Bool {
        running[model, default: 0] += 1
        return !loaded.contains(model)
    }

    /// The model has answered: if it was loaded for that, others have left, the oldest first.
    mutating func answered(_ model: String) {
        guard let room, !loaded.contains(model) else { return }
        loaded.append(model)
        while loaded.count > room, let idle = loaded.firstIndex(where: { $0 != model }) {
            loaded.remove(at: idle)
        }
    }

    mutating func left(_ model: String) {
        running[model, default: 0] -= 1
    }
}
