/// Models in the order in which they were listed, each name once, and found by it.
///
/// It is built model by model: none costs much more than another, however many there are.
package struct ModelTable: Equatable, Sendable {
    package private(set) var all: [Model] = []
    /// Where models stand, by the hashes of their names: the hash's lower half above the place and
    /// one; 0 for none. Twice as many as models at least. A hash is computed once, since a name
    /// may have a thousand letters.
    private var slots: [UInt64] = []

    package init() {}

    /// A table of these; of several with one name the first.
    package init(_ models: [Model]) {
        for model in models { add(model) }
    }

    package var count: Int { all.count }
    package var isEmpty: Bool { all.isEmpty }

    package static func == (left: ModelTable, right: ModelTable) -> Bool { left.all == right.all }

    /// Adds a model, unless one of its name is there.
    package mutating func add(_ model: Model) {
        if 2 * all.count >= slots.count { grow() }
        let hash = Self.hash(model.id)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            if isThere(slots[slot], hash, model.id) { return }
            slot = (slot + 1) & (slots.count - 1)
        }
        all.append(model)
        slots[slot] = hash << 32 | UInt64(all.count)
    }

    /// The place of the model of that name.
    package func place(of name: String) -> Int? {
        if all.count <= Self.fewMax {
            for place in all.indices where all[place].id == name { return place }
            return nil
        }
        let hash = Self.hash(name)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            if isThere(slots[slot], hash, name) {
                return Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) - 1
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The place of the model that a caller means by that name, which may lack the tag that Ollama
    /// implies.
    package func place(meantBy name: String) -> Int? {
        if let place = place(of: name) { return place }
        return name.utf8.contains(UInt8(ascii: ":")) ? nil : place(of: name + ":latest")
    }

    /// The model of that name.
    package func named(_ name: String) -> Model? { place(of: name).map { all[$0] } }

    /// How many tokens of context the model of that name was loaded with, where that is known.
    package func loadedContext(of name: String) -> Int? {
        place(of: name).flatMap { all[$0].loadedContextLength }
    }

    /// Changes what is known of the model at a place; its name stays.
    mutating func change(_ place: Int, _ change: (inout Model) -> Void) { change(&all[place]) }

    private func isThere(_ slot: UInt64, _ hash: UInt64, _ name: String) -> Bool {
        slot >> 32 == hash && all[Int(slot & 0xFFFF_FFFF) - 1].id == name
    }

    /// Models among which looking is faster than hashing.
    private static let fewMax = 8

    private static func hash(_ name: String) -> UInt64 {
        UInt64(UInt32(truncatingIfNeeded: name.hashValue))
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: max(16, 2 * old.count))
        for entry in old where entry != 0 {
            var slot = Int(entry >> 32) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = entry
        }
    }
}
