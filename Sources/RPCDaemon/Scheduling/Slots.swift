/// The slots of one model on a llama.cpp server, each with the prompt that it served last.
///
/// The server chooses by itself, well enough, until a conversation asks for its own: from then on
/// every request names a slot, or one without a session would spoil another's cache.
struct Slots {
    private struct Slot {
        /// The conversation whose prompt it holds; 0 for none that is known.
        var owner: UInt64 = 0
        var usedAt: UInt64 = 0
        var isBusy = false
    }

    private var all: [Slot] = []
    private var assignsUntil: UInt64 = 0

    var count: Int { all.count }

    /// The server has that many; what was known of them is kept while the number stays.
    mutating func resize(to count: Int) {
        if count != all.count { all = [Slot](repeating: Slot(), count: count) }
    }

    /// The server has loaded the model anew: its caches are empty.
    mutating func emptied() {
        for index in all.indices { all[index].owner = 0 }
    }

    /// Whether the slot is free and still holds that conversation's prompt.
    func holds(_ slot: Int, _ owner: UInt64) -> Bool {
        all.indices.contains(slot) && !all[slot].isBusy && all[slot].owner == owner
    }

    /// The slot for a request of that conversation (0 for none), which knows `slot` as its last;
    /// nil leaves the choice to the server.
    mutating func assign(owner: UInt64, last slot: Int, now: UInt64) -> Int? {
        if owner != 0 { assignsUntil = now + SchedulingLimits.sessionMemory }
        guard assignsUntil > now else { return nil }
        var best: Int?
        if owner != 0, holds(slot, owner) {
            best = slot
        } else {
            for index in all.indices where !all[index].isBusy {
                if best.map({ isBetter(index, than: $0) }) ?? true { best = index }
            }
        }
        guard let best else { return nil }
        all[best] = Slot(owner: owner, usedAt: now, isBusy: true)
        return best
    }

    /// A request has left it.
    mutating func release(_ slot: Int) {
        if all.indices.contains(slot) { all[slot].isBusy = false }
    }

    /// A slot that nobody's conversation needs comes first, then the one unused for longest.
    private func isBetter(_ slot: Int, than other: Int) -> Bool {
        let (mine, its) = (all[slot].owner == 0, all[other].owner == 0)
        return mine == its ? all[slot].usedAt < all[other].usedAt : mine
    }
}
