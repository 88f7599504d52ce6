/// How often names ask that have no row of their own: bounded, and so that a name which is made up
/// for one request never looks like one that asks much (Misra and Gries).
struct Candidates {
    private var names: [String] = []
    private var counts: [UInt32] = []
    private var epoch: UInt64 = 0

    /// Counts a request of that name; how many it made lately, or fewer.
    mutating func count(_ name: String, second: UInt64) -> UInt32 {
        forget(second / MetricsLimits.usageHalfLife)
        if let index = names.firstIndex(of: name) {
            counts[index] &+= 1
            return counts[index]
        }
        if names.count < MetricsLimits.candidatesMax {
            names.append(name)
            counts.append(1)
            return 1
        }
        // Each of the others loses one too: who is to be counted has to ask oftener than the rest.
        decrease { $0 - 1 }
        return 0
    }

    mutating func remove(_ name: String) {
        guard let index = names.firstIndex(of: name) else { return }
        names.remove(at: index)
        counts.remove(at: index)
    }

    private mutating func forget(_ now: UInt64) {
        guard now > epoch else { return }
        let halvings = UInt32(clamping: now - epoch)
        epoch = now
        decrease { halvings < 32 ? $0 >> halvings : 0 }
    }

    private mutating func decrease(_ body: (UInt32) -> UInt32) {
        for index in counts.indices.reversed() {
            counts[index] = body(counts[index])
            if counts[index] == 0 {
                counts.remove(at: index)
                names.remove(at: index)
            }
        }
    }
}

/// How often a row was asked lately: halved every `usageHalfLife`.
struct Usage {
    private var count: UInt32 = 0
    private var epoch: UInt64
    /// The second at which it is halved next.
    private var end: UInt64

    init(second: UInt64) {
        epoch = second / MetricsLimits.usageHalfLife
        end = (epoch + 1) * MetricsLimits.usageHalfLife
    }

    mutating func count(second: UInt64) {
        if second >= end {
            let count = value(second: second)
            self = Usage(second: second)
            self.count = count
        }
        if count < .max { count &+= 1 }
    }

    func value(second: UInt64) -> UInt32 {
        guard second >= end else { return count }
        let halvings = second / MetricsLimits.usageHalfLife - epoch
        return halvings < 32 ? count >> UInt32(halvings) : 0
    }
}
