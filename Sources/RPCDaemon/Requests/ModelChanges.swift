package import Backends
package import CrowdModelsProtocol
package import Telemetry

/// What is different about the models that callers may use, found model by model.
package struct ModelChanges {
    /// Changes that are told one by one: as many as those who hear of them are kept waiting for
    /// (1 MiB, of some 250 bytes each). Of more, all that is told is that there were more.
    package static let toldMax = 4096

    /// All of them, for the log.
    package private(set) var names = NameDifference()
    /// The first of them, in the order of the lists; those that went are the last.
    package private(set) var told: [(model: Model, kind: ChangeKind)] = []

    private let before: ModelTable
    private let now: ModelTable
    /// The next to be looked at, of those that are there now and then of those before.
    private var next = 0

    /// What became of the one list; nothing of it was looked at yet.
    package init(from before: ModelTable, to now: ModelTable) {
        self.before = before
        self.now = now
    }

    /// How many there are.
    package var count: Int { names.added.count + names.removed.count + names.changed.count }

    /// Goes on until `hasTime`, which is told of work in bytes, says that it is enough; whether
    /// that was all.
    package mutating func resume(_ hasTime: (Int) -> Bool) -> Bool {
        while next < now.count + before.count {
            let model = next < now.count ? now.all[next] : before.all[next - now.count]
            if next >= now.count {
                if now.place(of: model.id) == nil { add(model, .removed) }
            } else if let old = before.place(of: model.id) {
                if before.all[old] != model { add(model, .changed) }
            } else {
                add(model, .added)
            }
            next += 1
            if !hasTime(ListStudy.bytes(of: model)) { return next == now.count + before.count }
        }
        return true
    }

    private mutating func add(_ model: Model, _ kind: ChangeKind) {
        switch kind {
        case .added: names.added.add(model.id)
        case .removed: names.removed.add(model.id)
        case .changed: names.changed.add(model.id)
        }
        if told.count < Self.toldMax { told.append((model, kind)) }
    }
}
