/// Where each conversation was served last, so that its next request finds its prompt cached.
///
/// A bounded memory: 1,024 conversations, each for half an hour after its last request.
struct Sessions {
    /// A conversation is its owner's: others may use the same name.
    struct Name: Hashable {
        var uid: UInt32
        var name: String
    }

    struct Place {
        var backend: String
        var model: String
        /// The slot, and the number under which the slot knows the conversation.
        var slot: Int
        var owner: UInt64
        var usedAt: UInt64
    }

    private var places: [Name: Place] = [:]
    /// Uses in their order; an entry that is not its conversation's last use is stale.
    private var uses: [(name: Name, at: UInt64)] = []
    private var oldest = 0
    private var owners: UInt64 = 0

    var count: Int { places.count }

    /// Where it was served last; nil if never, or too long ago.
    func place(_ name: Name, now: UInt64) -> Place? {
        guard let place = places[name] else { return nil }
        return place.usedAt + SchedulingLimits.sessionMemory > now ? place : nil
    }

    /// A number for a conversation that a slot gets to know.
    mutating func newOwner() -> UInt64 {
        owners += 1
        return owners
    }

    /// It is served there now.
    mutating func used(_ name: Name, _ place: Place) {
        places[name] = place
        uses.append((name, place.usedAt))
        while oldest < uses.count {
            let use = uses[oldest]
            let isCurrent = places[use.name].map { $0.usedAt == use.at } ?? false
            let isOld = use.at + SchedulingLimits.sessionMemory <= place.usedAt
            if isCurrent, !isOld, places.count <= SchedulingLimits.sessionsMax { break }
            if isCurrent { places[use.name] = nil }
            oldest += 1
        }
        if oldest > 2 * SchedulingLimits.sessionsMax {
            uses.removeFirst(oldest)
            oldest = 0
        }
    }
}
