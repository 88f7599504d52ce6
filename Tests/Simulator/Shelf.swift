/// The models and what runs on them: pure, the time is a parameter. The catalogue locks it.
struct Shelf {
    struct Instance {
        let id: String
        var context: Int
        let parallel: Int
        var running: [Ticket] = []
        var queue: [Ticket] = []
    }

    struct Entry {
        let model: Model
        var instances: [Instance] = []
        /// When the load that runs now ends.
        var loadedAt: UInt64?
        var loadContext: Int
        var isJustInTime = false
        var ttl: UInt64
        var usedAt: UInt64
    }

    /// What a request that wants a model is told.
    enum Admission {
        case refused(Refusal)
        case loading(until: UInt64)
        /// A place, at once or in the queue: the ticket says which.
        case placed(Place)
    }

    /// The instance that serves a request.
    struct Place: Sendable {
        let model: Model
        let instance: String
        let context: Int
    }

    /// LM Studio unloads what a request loaded after an idle hour.
    static let ttlStandard: UInt64 = 3_600_000_000_000

    var entries: [Entry]
    /// After a crash nothing is loaded on request until something is loaded by hand.
    var hasCrashed = false

    init(_ models: [Model], now: UInt64) {
        entries = models.map {
            Entry(model: $0, loadContext: $0.context, ttl: Shelf.ttlStandard, usedAt: now)
        }
        for index in entries.indices where models[index].state == "loaded" {
            addInstance(to: index)
            entries[index].isJustInTime = models[index].justInTime
        }
    }

    /// The models that have an instance.
    var loaded: [Int] { entries.indices.filter { !entries[$0].instances.isEmpty } }

    func state(of entry: Entry) -> String {
        if entry.loadedAt != nil { return "loading" }
        if !entry.instances.isEmpty { return "loaded" }
        return entry.model.state == "loaded" || entry.model.state == "loading"
            ? "not-loaded" : entry.model.state
    }

    /// Ends the loads that are due, and unloads what nobody has used for its time.
    mutating func settle(now: UInt64) {
        for index in entries.indices {
            if let due = entries[index].loadedAt, due <= now {
                entries[index].loadedAt = nil
                entries[index].usedAt = now
                addInstance(to: index)
            }
            let entry = entries[index]
            let isBusy = entry.instances.contains { !$0.running.isEmpty || !$0.queue.isEmpty }
            if entry.isJustInTime && !isBusy && !entry.instances.isEmpty
                && now - min(now, entry.usedAt) > entry.ttl
            {
                entries[index].instances = []
            }
        }
    }

    mutating func addInstance(to index: Int) {
        let entry = entries[index]
        var id = entry.model.id
        var number = 2
        while entry.instances.contains(where: { $0.id == id }) {
            id = "\(entry.model.id):\(number)"
            number += 1
        }
        entries[index].instances.append(
            Instance(id: id, context: entry.loadContext, parallel: entry.model.parallel))
    }

    /// Where the model or the instance called `name` is.
    func find(_ name: String) -> (entry: Int, instance: Int?)? {
        for (index, entry) in entries.enumerated() {
            if let instance = entry.instances.firstIndex(where: { $0.id == name }) {
                return (index, instance)
            }
            if entry.model.id == name || "\(entry.model.publisher)/\(entry.model.id)" == name {
                return (index, entry.instances.isEmpty ? nil : 0)
            }
        }
        return nil
    }

    mutating func place(_ ticket: Ticket, entry: Int, instance: Int, now: UInt64) -> Place {
        entries[entry].usedAt = now
        let chosen = entries[entry].instances[instance]
        if chosen.running.count < chosen.parallel {
            entries[entry].instances[instance].running.append(ticket)
            ticket.grant()
        } else {
            entries[entry].instances[instance].queue.append(ticket)
        }
        return Place(model: entries[entry].model, instance: chosen.id, context: chosen.context)
    }

    /// Takes `ticket` out wherever it is, and gives its slot to the first who waits.
    mutating func release(_ ticket: Ticket, now: UInt64) {
        for entry in entries.indices {
            for instance in entries[entry].instances.indices {
                entries[entry].instances[instance].queue.removeAll { $0 === ticket }
                let before = entries[entry].instances[instance].running.count
                entries[entry].instances[instance].running.removeAll { $0 === ticket }
                if entries[entry].instances[instance].running.count == before { continue }
                entries[entry].usedAt = now
                if !entries[entry].instances[instance].queue.isEmpty {
                    let next = entries[entry].instances[instance].queue.removeFirst()
                    entries[entry].instances[instance].running.append(next)
                    next.grant()
                }
            }
        }
    }

    /// Unloads one instance, or all of them; what ran on it dies.
    mutating func unload(_ entry: Int, instance: Int? = nil, reason: String) {
        for (index, one) in entries[entry].instances.enumerated()
        where instance == nil || instance == index {
            for ticket in one.running + one.queue { ticket.kill(reason) }
        }
        if let instance {
            entries[entry].instances.remove(at: instance)
        } else {
            entries[entry].instances = []
            entries[entry].loadedAt = nil
        }
        if entries[entry].instances.isEmpty { entries[entry].isJustInTime = false }
    }
}
