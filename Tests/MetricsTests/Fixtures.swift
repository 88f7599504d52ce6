import Metrics

let second: UInt64 = 1_000_000_000
/// A whole hour, so that it begins a slice of every window.
let start: UInt64 = 360_000 * second

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

extension RequestSample {
    /// A request that took so many seconds.
    static func served(latency: Double) -> RequestSample {
        var sample = RequestSample(.succeeded)
        sample[.latency] = latency
        return sample
    }
}

extension Snapshot {
    func named(_ kind: SeriesKind, _ name: String) -> Figures? {
        let all =
            switch kind {
            case .backend: backends
            case .model: models
            case .client: clients
            }
        return all.first { $0.name == name }?.figures
    }
}
