extension BackendQueue {
    /// The place among those that wait, the first being 1; nil where the key does not wait.
    /// Linear in the queue; for all of them at once take `queuedKeys`.
    package func position(of key: UInt64) -> Int? {
        guard let index = waiting.firstIndex(where: { $0.ticket.key == key }) else { return nil }
        return 1 + count(before: waiting[index], at: index)
    }

    /// The keys of those that wait, in the order of their positions.
    package var queuedKeys: [UInt64] {
        waiting.indices.sorted { precedes($0, $1) }.map { waiting[$0].ticket.key }
    }

    /// The index of the one whose turn it is, leaving out those that have expired.
    func first(now: UInt64) -> Int? {
        var best: Int?
        for index in waiting.indices where waiting[index].ticket.expiresAt > now {
            // Behind the impatient ones nobody can come first.
            if let best, best < impatient, index >= impatient { break }
            if best.map({ precedes(index, $0) }) ?? true { best = index }
        }
        return best
    }

    /// How many of `waiting` go before `entry`, which is, or would come to be, at `index`.
    func count(before entry: Waiting, at index: Int) -> Int {
        let rank = rank(entry, at: index)
        var count = 0
        for other in waiting.indices where other != index {
            let otherRank = self.rank(waiting[other], at: other)
            if otherRank < rank || (otherRank == rank && other < index) { count += 1 }
        }
        return count
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        let (leftRank, rightRank) = (rank(waiting[left], at: left), rank(waiting[right], at: right))
        return leftRank < rightRank || (leftRank == rightRank && left < right)
    }

    /// What decides before the order of arrival does; the lower goes first.
    private func rank(_ entry: Waiting, at index: Int) -> UInt8 {
        if index < impatient { return entry.ticket.priority.rawValue }
        return 2 + (entry.isResident ? 0 : 2) + entry.ticket.priority.rawValue
    }
}
