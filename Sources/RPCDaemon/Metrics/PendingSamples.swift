/// Requests of one slice's time that no series has taken up yet, in groups of those that count in
/// the same series: each is noted once, and summed once, for all of its four.
struct PendingSamples {
    /// The slice, of those of the shortest window.
    private(set) var number: UInt64 = 0
    private(set) var samples: [Sample] = []
    private(set) var groups: [Group] = []
    /// The places of each group, apart from all else: they are looked through for each request.
    private var places: [Places] = []
    private var last = 0

    /// The series a request counts in, by their numbers: all, backend, model, client; -1 for none.
    typealias Places = SIMD4<Int32>

    /// 32 bytes.
    struct Sample {
        let keys: SampleKeys
        /// The one before it of its group, or -1.
        let previous: Int32
    }

    struct Group {
        let places: Places
        fileprivate(set) var sums = Sums()
        fileprivate(set) var errors = ErrorCounts()
        /// The newest sample, which leads to the others.
        fileprivate(set) var last: Int32 = -1
    }

    var isEmpty: Bool { groups.isEmpty }

    /// Whether it is time to sort them into their series.
    var isFull: Bool {
        samples.count >= MetricsLimits.pendingMax || groups.count >= MetricsLimits.groupsMax
    }

    var byteCount: Int {
        samples.capacity * MemoryLayout<Sample>.stride
            + groups.capacity * MemoryLayout<Group>.stride
    }

    /// Notes a request of the slice `number`; those of another have to be gone.
    mutating func add(
        _ contribution: borrowing Contribution, to places: Places, number: UInt64
    ) {
        let index = group(of: places, number: number)
        groups[index].sums.add(contribution)
        if let kind = contribution.errorKind { groups[index].errors.count(kind) }
        note(contribution.keys, in: index)
    }

    /// The same of a lone measurement that is no request.
    mutating func add(_ measure: Measure, _ value: Double, to places: Places, number: UInt64) {
        guard Measure.isBelieved(value) else { return }
        let index = group(of: places, number: number)
        groups[index].sums.add(measure, value)
        var keys = SampleKeys()
        keys.append(measure.key(of: value))
        note(keys, in: index)
    }

    private mutating func note(_ keys: SampleKeys, in index: Int) {
        let previous = groups[index].last
        groups[index].last = Int32(truncatingIfNeeded: samples.count)
        samples.append(Sample(keys: keys, previous: previous))
    }

    private mutating func group(of wanted: Places, number: UInt64) -> Int {
        precondition(number == self.number || groups.isEmpty)
        self.number = number
        if last < places.count, places[last] == wanted { return last }
        last = places.firstIndex(of: wanted) ?? places.count
        if last == places.count {
            places.append(wanted)
            groups.append(Group(places: wanted))
        }
        return last
    }

    /// Keeps the memory of what comes as often again, and gives back that of a busier time.
    mutating func removeAll() {
        samples.removeAll(keepingCapacity: samples.count > samples.capacity / 8)
        groups.removeAll(keepingCapacity: groups.count > groups.capacity / 8)
        places.removeAll(keepingCapacity: groups.capacity > 0)
    }
}
