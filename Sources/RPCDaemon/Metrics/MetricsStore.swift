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
    /// By kind the place that was last asked for by name: as a rule the next one too.
    private var lastAsked: [3 of Int]
    private var candidates = [Candidates](repeating: Candidates(), count: SeriesKind.allCases.count)

    struct Place {
        var kind: SeriesKind?
        var name: String
        var generation: UInt32 = 0
        var series = Series()
        var usage = Usage(second: 0)
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
        lastAsked = [Self.otherIndex, Self.otherIndex + 1, Self.otherIndex + 2]
        for kind in SeriesKind.allCases {
            indices.append([MetricsLimits.otherName: places.count])
            places.append(Place(kind: kind, name: MetricsLimits.otherName))
        }
    }

    /// The series of that name, made if need be. Over the kind's limit a name that asks more than
    /// the row that is asked least takes that row, whose numbers go to `other`; until then it is
    /// counted there itself.
    package mutating func series(_ kind: SeriesKind, _ name: String, now: UInt64) -> SeriesID {
        let last = lastAsked[kind.rawValue]
        if places[last].name == name { return id(of: last) }
        if let index = indices[kind.rawValue][name] {
            lastAsked[kind.rawValue] = index
            return id(of: index)
        }
        let second = now / 1_000_000_000
        guard let index = freePlace(kind, for: name, second: second) else {
            return id(of: Self.otherIndex + kind.rawValue)
        }
        places[index].name = name
        places[index].series = Series(second: second)
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
    package var byteCount: Int { places.reduce(0) { $0 + $1.series.byteCount } }

    /// A request has ended, in whatever way.
    package mutating func finished(_ sample: RequestSample, now: UInt64) {
        if let kind = sample.errorKind {
            precondition(Int(kind.index) < errorKinds.count, "a kind of error without a name")
        }
        let contribution = Contribution(sample)
        let second = now / 1_000_000_000
        version &+= 1
        places[Self.allIndex].series.add(contribution, second: second, &histogram)
        add(contribution, sample.backend, second: second)
        add(contribution, sample.model, second: second)
        add(contribution, sample.client, second: second)
    }

    /// An event waited this long for the loop to turn to it.
    ///
    /// Every turn of the loop may report one, so only the first in a second ends the validity of a
    /// snapshot: its `loopDelay` may be a second old.
    package mutating func loopDelay(seconds: Double, now: UInt64) {
        let second = now / 1_000_000_000
        if second > places[Self.loopIndex].series.second { version &+= 1 }
        let contribution = Contribution(.latency, seconds)
        places[Self.loopIndex].series.add(contribution, second: second, &histogram)
    }

    private mutating func add(
        _ contribution: borrowing Contribution, _ id: SeriesID?, second: UInt64
    ) {
        guard let id else { return }
        var index = Int(id.index)
        if places[index].generation != id.generation, let kind = places[index].kind {
            index = Self.otherIndex + kind.rawValue
        }
        places[index].series.add(contribution, second: second, &histogram)
        places[index].usage.count(second: second)
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
                return (a.usage.value(second: second), a.series.second)
                    < (b.usage.value(second: second), b.series.second)
            }
        guard let least else { return nil }
        let isSilent = places[least].series.second + MetricsLimits.silenceBeforeReuse <= second
        // Twice as much, or two that ask alike would take the row from each other for ever.
        let needed = places[least].usage.value(second: second).multipliedReportingOverflow(by: 2)
        guard
            isSilent
                || asked
                    >= max(
                        MetricsLimits.promotionMin, needed.overflow ? .max : needed.partialValue)
        else { return nil }
        places[other].series.absorb(places[least].series, second: second, &histogram)
        version &+= 1
        indices[kind.rawValue][places[least].name] = nil
        places[least].generation &+= 1
        return least
    }
}
