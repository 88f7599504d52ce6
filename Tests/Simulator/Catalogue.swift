import Synchronization

/// The models that the server has, shared by all connections: loads, evicts and hands out slots.
final class Catalogue: Sendable {
    /// What a wrong name gets.
    enum UnknownModel: String, Sendable {
        /// The one loaded model answers, as LM Studio does; with none or several, as `refuse`.
        case substitute
        case refuse = "400"
        case refuseAsOld = "404"
    }

    struct Policy: Sendable {
        var loadTime: UInt64 = 0
        var loadsOnRequest = true
        var evicts = true
        var unknownModel = UnknownModel.substitute
    }

    /// What a request asks of a model.
    struct Wish {
        let model: String?
        let embeds: Bool
        let ttl: UInt64?
    }

    let policy: Policy
    private let shelf: Mutex<Shelf>

    init(_ models: [Model], policy: Policy) {
        self.policy = policy
        shelf = Mutex(Shelf(models, now: Clock.now))
    }

    func replace(_ models: [Model]) {
        shelf.withLock { shelf in
            for index in shelf.entries.indices {
                shelf.unload(index, reason: Refusal.unloadedText)
            }
            shelf = Shelf(models, now: Clock.now)
        }
    }

    /// Every model with its state, as of now.
    var entries: [(entry: Shelf.Entry, state: String)] {
        shelf.withLock { shelf in
            shelf.settle(now: Clock.now)
            return shelf.entries.map { ($0, shelf.state(of: $0)) }
        }
    }

    /// Finds who serves `wish`; while that model loads, ask again when the load ends.
    func admit(_ wish: Wish, _ ticket: Ticket) -> Shelf.Admission {
        let now = Clock.now
        return shelf.withLock { shelf in
            shelf.settle(now: now)
            let loaded = shelf.loaded.filter { shelf.entries[$0].model.isEmbedding == wish.embeds }
            guard let name = wish.model, !name.isEmpty else {
                // An embedder counts as a loaded model here, though not for a wrong name.
                if shelf.loaded.count > 1 { return .refused(.severalLoaded) }
                guard let only = loaded.first else { return .refused(.nothingLoaded) }
                return .placed(shelf.place(ticket, entry: only, instance: 0, now: now))
            }
            if let found = shelf.find(name) {
                let entry = shelf.entries[found.entry]
                if entry.model.isEmbedding != wish.embeds {
                    return .refused(.plain(Catalogue.wrongKind(entry.model, embeds: wish.embeds)))
                }
                if let instance = found.instance {
                    return .placed(
                        shelf.place(ticket, entry: found.entry, instance: instance, now: now))
                }
                if let due = entry.loadedAt { return .loading(until: due) }
                if policy.loadsOnRequest && !shelf.hasCrashed {
                    return .loading(until: load(found.entry, wish, of: &shelf, now: now))
                }
            }
            return strange(name, wish, loaded, ticket, &shelf, now)
        }
    }

    /// Not a model that can be had: another answers for it, or nobody.
    private func strange(
        _ name: String, _ wish: Wish, _ loaded: [Int], _ ticket: Ticket, _ shelf: inout Shelf,
        _ now: UInt64
    ) -> Shelf.Admission {
        if loaded.isEmpty && (shelf.hasCrashed || !policy.loadsOnRequest) {
            return .refused(.nothingLoaded)
        }
        if policy.unknownModel == .substitute && loaded.count == 1 && !wish.embeds {
            return .placed(shelf.place(ticket, entry: loaded[0], instance: 0, now: now))
        }
        let known = shelf.entries.map(\.model.id)
        return .refused(.unknownModel(name, known, old: policy.unknownModel == .refuseAsOld))
    }

    /// Begins a load on request; what an earlier request loaded makes room, even if it runs.
    private func load(_ index: Int, _ wish: Wish, of shelf: inout Shelf, now: UInt64) -> UInt64 {
        if policy.evicts {
            for other in shelf.entries.indices where other != index {
                let entry = shelf.entries[other]
                if entry.isJustInTime && entry.model.isEmbedding == wish.embeds {
                    shelf.unload(other, reason: Refusal.unloadedText)
                }
            }
        }
        let due = now + policy.loadTime
        shelf.entries[index].loadedAt = due
        shelf.entries[index].loadContext = shelf.entries[index].model.context
        shelf.entries[index].isJustInTime = true
        shelf.entries[index].ttl = wish.ttl ?? Shelf.ttlStandard
        return due
    }

    /// No capture of these two: the texts are what the engine says.
    private static func wrongKind(_ model: Model, embeds: Bool) -> String {
        "Failed to load model \"\(model.id)\". Error: Model is not \(embeds ? "embedding" : "llm")."
    }

    func release(_ ticket: Ticket) {
        shelf.withLock { $0.release(ticket, now: Clock.now) }
    }

    /// The model's process dies: all that runs on it fails, and nothing is loaded any more.
    func crash(_ model: String) {
        shelf.withLock { shelf in
            shelf.hasCrashed = true
            if let found = shelf.find(model) {
                shelf.unload(found.entry, reason: Refusal.crashedText)
            }
        }
    }

    /// Loads by hand: a second instance when there is one. Answers it when `deadline` has passed.
    func startLoading(_ model: String) -> UInt64? {
        shelf.withLock { shelf in
            shelf.settle(now: Clock.now)
            return shelf.find(model) == nil ? nil : Clock.now + policy.loadTime
        }
    }

    /// Ends a load by hand and answers the new instance's name.
    func finishLoading(_ model: String, context: Int?, ttl: UInt64?) -> Shelf.Place? {
        shelf.withLock { shelf in
            shelf.settle(now: Clock.now)
            guard let found = shelf.find(model) else { return nil }
            shelf.hasCrashed = false
            let model = shelf.entries[found.entry].model
            shelf.entries[found.entry].loadContext = context ?? model.context
            shelf.entries[found.entry].ttl = ttl ?? Shelf.ttlStandard
            shelf.entries[found.entry].isJustInTime = ttl != nil
            shelf.entries[found.entry].usedAt = Clock.now
            shelf.addInstance(to: found.entry)
            guard let instance = shelf.entries[found.entry].instances.last else { return nil }
            return Shelf.Place(model: model, instance: instance.id, context: instance.context)
        }
    }

    /// Whether there was such an instance.
    func unload(_ instance: String) -> Bool {
        shelf.withLock { shelf in
            shelf.settle(now: Clock.now)
            guard let found = shelf.find(instance), let index = found.instance else { return false }
            shelf.unload(found.entry, instance: index, reason: Refusal.unloadedText)
            return true
        }
    }
}
