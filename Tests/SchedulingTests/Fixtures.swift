import Scheduling

let second: UInt64 = 1_000_000_000
/// Far enough from zero that nothing is before the beginning of time.
let start: UInt64 = 1_000_000 * second

extension QueueTicket {
    /// A request that expires `timeout` seconds after `start`.
    init(
        _ key: UInt64, _ model: String = "a", _ priority: Priority = .interactive,
        timeout: UInt64 = 300, deadline: UInt64? = nil
    ) {
        self.init(
            key: key, model: model, priority: priority, expiresAt: start + timeout * second,
            deadline: deadline.map { start + $0 * second })
    }
}

extension BackendQueue {
    /// All that may start now, in the order in which they start.
    mutating func allNext(now: UInt64) -> [UInt64] {
        var keys: [UInt64] = []
        while let key = next(now: now) { keys.append(key) }
        return keys
    }

    /// A queue of one slot, which request 0 for model "a" occupies.
    static func occupied(evictsModels: Bool = false) -> BackendQueue {
        var queue = BackendQueue(maxConcurrent: 1, evictsModels: evictsModels)
        queue.modelsChanged(loaded: ["a"])
        _ = queue.arrived(QueueTicket(0), now: start)
        return queue
    }

    /// Serves one request for "a" in `seconds`, so that waits can be predicted; ends at `start`.
    mutating func learn(seconds: UInt64) {
        _ = arrived(QueueTicket(.max), now: start - seconds * second)
        finished(.max, now: start)
    }
}

/// A small generator with a fixed course for every seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
