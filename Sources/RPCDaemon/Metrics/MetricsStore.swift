/// What a series tells apart.
package enum SeriesKind: Int, CaseIterable, Sendable {
    case backend
    case model
    case client

    var limit: Int {
        switch self {
        case .backend: MetricsLimits.backendsMax
        case .model: MetricsLimits.modelsMax
        case .client: MetricsLimits.clientsMax
        }
    }
}

/// A series by number, so that no name is hashed when a request ends.
package struct SeriesID: Equatable, Sendable {
    let index: Int32
    /// Tells a series from a later one in the same place.
    let generation: UInt32
}

/// The numbers behind `stats`: samples go in, snapshots come out.
///
/// It owns all series, at most the sum of the limits and one `other` for each kind. Time is
/// monotonic nanoseconds and must not run backwards.
package struct MetricsStore {
    /// Goes up with every sample: together with `Snapshot.validUntil` it tells whether a snapshot
    /// still holds.
    package private(set) var version: UInt64 = 0
    /// The names of the kinds of error, by `ErrorKind.index`.
    package let errorKinds: [String]
    var places: [Place]
    var histogram = Histogram()
    private var indices: [[String: Int]]
    /// By kind the places that were last asked for by name: as a rule the next is one of them.
    private var recent: [3 of RecentPlaces]
    private var candidates = [Candidates](repeating: Candidates(), count: SeriesKind.allCases.count)
    private var pending = PendingSamples()
    private var delays = PendingSamples()
    /// The buckets of the groups that are being sorted.
    private var entries: [Histogram.Entry] = []

    struct Place {
        var kind: SeriesKind?
        var name: String
        var generation: UInt32 = 0
        /// The second of its last sample, or of its beginning.
        var second: UInt64 = 0
        var usage = Usage(second: 0)
        var series = Series()
    }

    static let allIndex = 0
    static let loopIndex = 1
    private static let otherIndex = 2

    /// - Parameter errorKinds: the name of every kind of error that samples will have.
    package init(errorKinds: [String]) {
        precondition(errorKinds.count <= MetricsLimits.errorKindsMax, "too many kinds of error")
        self.errorKinds = errorKinds
        places = [Place(name: "all"), Place(name: "event loop")]
        indices = []
        recent = [
            RecentPlaces(Self.otherIndex), RecentPlaces(Self.otherIndex + 1),
            RecentPlaces(Self.otherIndex + 2),
        ]
        for kind in SeriesKind.allCases {
            indices.append([MetricsLimits.otherName: places.count])
            places.append(Place(kind: kind, name: MetricsLimits.otherName))
        }
    }

    /// The series of that name, made if need be. Over the kind's limit a name that asks more than
    /// the row that is asked least takes that row, whose numbers go to `other`; until then it is
    /// counted there itself.
    package mutating func series(_ kind: SeriesKind, _ name: String, now: UInt64) -> SeriesID {
        for turn in 0..<RecentPlaces.count {
            let index = recent[kind.rawValue][turn]
            if places[index].name == name { return id(of: index) }
        }
        if let index = indices[kind.rawValue][name] {
            recent[kind.rawValue].note(index)
            return id(of: index)
        }
        let second = now / 1_000_000_000
        guard let index = freePlace(kind, for: name, second: second) else {
            return id(of: Self.otherIndex + kind.rawValue)
        }
        places[index].name = name
        places[index].series = Series()
        places[index].second = second
        places[index].usage = Usage(second: second)
        indices[kind.rawValue][name] = index
        candidates[kind.rawValue].remove(name)
        return id(of: index)
    }

    /// The same for one that was asked for before: as long as its samples are counted under its
    /// name, which they never are for `other`, no name is looked for, nor made.
    package mutating func series(
        _ kind: SeriesKind, known: SeriesID?, _ name: @autoclosure () -> String, now: UInt64
    ) -> SeriesID {
        if let known, isCurrent(known) { return known }
        return series(kind, name(), now: now)
    }

    private func isCurrent(_ id: SeriesID) -> Bool {
        let index = Int(id.index)
        return index >= Self.otherIndex + SeriesKind.allCases.count
            && places[index].generation == id.generation
    }

    /// Bytes of memory that grow with what is counted: some 20,000 slices are looked at.
    package var byteCount: Int {
        places.reduce(pending.byteCount + delays.byteCount) { $0 + $1.series.byteCount }
    }

    /// A request has ended, in whatever way.
    package mutating func finished(_ sample: RequestSample, now: UInt64) {
        if let kind = sample.errorKind {
            precondition(Int(kind.index) < errorKinds.count, "a kind of error without a name")
        }
        let second = now / 1_000_000_000
        let slice = second / StatsWindow.oneMinute.sliceSeconds
        if slice != pending.number || pending.isFull { sort(\.pending) }
        version &+= 1
        pending.add(
            Contribution(sample),
            to: PendingSamples.Places(
                Int32(Self.allIndex), place(sample.backend, second: second),
                place(sample.model, second: second), place(sample.client, second: second)),
            number: slice)
    }

    /// An event waited this long for the loop to turn to it.
    ///
    /// Every turn of the loop may report one, so only the first in a second ends the validity of a
    /// snapshot: its `loopDelay` may be a second old.
    package mutating func loopDelay(seconds: Double, now: UInt64) {
        let second = now / 1_000_000_000
        let slice = second / StatsWindow.oneMinute.sliceSeconds
        if slice != delays.number || delays.isFull { sort(\.delays) }
        if second > places[Self.loopIndex].second { version &+= 1 }
        places[Self.loopIndex].second = second
        delays.add(
            .latency, seconds, to: PendingSamples.Places(Int32(Self.loopIndex), -1, -1, -1),
            number: slice)
    }

    /// Where a sample of that series counts now, and that it does; -1 for none.
    private mutating func place(_ id: SeriesID?, second: UInt64) -> Int32 {
        guard let id else { return -1 }
        var index = Int(id.index)
        if places[index].generation != id.generation, let kind = places[index].kind {
            index = Self.otherIndex + kind.rawValue
        }
        places[index].second = second
        places[index].usage.count(second: second)
        return Int32(truncatingIfNeeded: index)
    }

    /// Everything that was noted goes into its series.
    mutating func sortAll() {
        sort(\.pending)
        sort(\.delays)
    }

    private mutating func sort(_ path: WritableKeyPath<MetricsStore, PendingSamples>) {
        var pending = PendingSamples()
        swap(&pending, &self[keyPath: path])
        if pending.isEmpty { return }
        var ends: [Int] = []
        ends.reserveCapacity(pending.groups.count)
        for index in pending.groups.indices {
            histogram.add(pending.samples, last: pending.groups[index].last)
            histogram.list(into: &entries)
            ends.append(entries.count)
        }
        for lane in 0..<PendingSamples.Places.scalarCount {
            for first in pending.groups.indices {
                let place = pending.groups[first].places[lane]
                let isDone = pending.groups[..<first].contains { $0.places[lane] == place }
                if place < 0 || isDone { continue }
                var sums = Sums()
                var errors = ErrorCounts()
                for index in first..<pending.groups.count {
                    guard pending.groups[index].places[lane] == place else { continue }
                    histogram.add(entries[(index == 0 ? 0 : ends[index - 1])..<ends[index]])
                    sums.add(pending.groups[index].sums)
                    errors.add(pending.groups[index].errors)
                }
                places[Int(place)].series.take(
                    &histogram, &sums, &errors, number: pending.number)
            }
        }
        entries.removeAll(keepingCapacity: entries.count > entries.capacity / 8)
        pending.removeAll()
        swap(&pending, &self[keyPath: path])
    }

    private func id(of index: Int) -> SeriesID {
        SeriesID(index: Int32(index), generation: places[index].generation)
    }

    /// A new place, or that of the row that is asked least if `name` asks more, whose numbers go to
    /// `other`.
    private mutating func freePlace(
        _ kind: SeriesKind, for name: String, second: UInt64
    ) -> Int? {
        if indices[kind.rawValue].count <= kind.limit {
            places.append(Place(kind: kind, name: ""))
            return places.count - 1
        }
        let asked = candidates[kind.rawValue].count(name, second: second)
        let other = Self.otherIndex + kind.rawValue
        let least = indices[kind.rawValue].values.filter { $0 != other }
            .min { left, right in
                let (a, b) = (places[left], places[right])
                return (a.usage.value(second: second), a.second)
                    < (b.usage.value(second: second), b.second)
            }
        guard let least else { return nil }
        let isSilent = places[least].second + MetricsLimits.silenceBeforeReuse <= second
        // Twice as much, or two that ask alike would take the row from each other for ever.
        let needed = places[least].usage.value(second: second).multipliedReportingOverflow(by: 2)
        guard
            isSilent
                || asked
                    >= max(
                        MetricsLimits.promotionMin, needed.overflow ? .max : needed.partialValue)
        else { return nil }
        sortAll()
        places[other].series.absorb(places[least].series, second: second, &histogram)
        places[other].second = max(places[other].second, places[least].second)
        version &+= 1
        indices[kind.rawValue][places[least].name] = nil
        places[least].generation &+= 1
        return least
    }
}

/// The last places of a kind that were asked for by name; no name is hashed for them.
private struct RecentPlaces {
    private var places: [4 of Int]
    private var next = 0

    static let count = 4

    /// - Parameter place: one of the kind, which all of them are as yet.
    init(_ place: Int) {
        places = .init(repeating: place)
    }

    subscript(turn: Int) -> Int { places[turn] }

    mutating func note(_ place: Int) {
        places[next] = place
        next = (next + 1) % Self.count
    }
}
