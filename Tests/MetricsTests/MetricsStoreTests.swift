import Metrics
import Testing

@Suite struct MetricsStoreTests {
    private static let kinds = ["timeout", "busy", "cancelled"]
    private static let timeout = ErrorKind(index: 0)
    private static let busy = ErrorKind(index: 1)

    @Test func `each request counts once in everything it belongs to`() {
        var store = MetricsStore(errorKinds: Self.kinds)
        let backend = store.series(.backend, "lmstudio", now: start)
        let small = store.series(.model, "small", now: start)
        let large = store.series(.model, "large", now: start)
        let client = store.series(.client, "uid:1000 demo", now: start)
        for (outcome, kind, model) in [
            (.succeeded, nil, small), (.succeeded, nil, large), (.failed, Self.timeout, large),
            (.cancelled, nil, large),
        ] as [(Outcome, ErrorKind?, SeriesID)] {
            var sample = RequestSample(outcome, errorKind: kind)
            (sample.backend, sample.model, sample.client) = (backend, model, client)
            (sample.promptTokens, sample.completionTokens) = (24, 53)
            sample[.timeToFirstToken] = 0.111
            store.finished(sample, now: start)
        }
        var refused = RequestSample(.rejected, errorKind: Self.busy)
        refused.client = client
        store.finished(refused, now: start)

        let snapshot = store.snapshot(.fiveMinutes, now: start)
        let all = snapshot.all
        #expect(all.total == 5)
        #expect([all.succeeded, all.failed, all.cancelled, all.rejected] == [2, 1, 1, 1])
        #expect([all.promptTokens, all.completionTokens] == [96, 212])
        #expect(all.errors.map(\.kind) == [Self.timeout, Self.busy])
        #expect(all.errors.map(\.count) == [1, 1])
        #expect(all[.timeToFirstToken].count == 4)
        #expect(all[.latency] == all[.queueTime], "what was not measured is not there")
        #expect(snapshot.named(.backend, "lmstudio")?.total == 4)
        #expect(snapshot.named(.model, "small")?.total == 1)
        #expect(snapshot.named(.model, "large")?.failed == 1)
        #expect(snapshot.named(.client, "uid:1000 demo") == all)
        #expect(snapshot.models.map(\.name) == ["large", "small"])
    }

    @Test func `each measure is counted in its own place`() {
        var store = MetricsStore(errorKinds: [])
        var sample = RequestSample(.succeeded)
        for measure in Measure.all { sample[measure] = Double(measure.rawValue + 1) }
        sample.completionTokens = 8
        store.finished(sample, now: start)
        let all = store.snapshot(.total, now: start).all
        for measure in Measure.all {
            #expect(all[measure].max == Double(measure.rawValue + 1), "\(measure.name)")
            #expect(all[measure].mean == Double(measure.rawValue + 1), "\(measure.name)")
        }
        #expect(Set(Measure.all.map(\.name.description)).count == Measure.all.count)
        #expect(Measure.all.map(\.rawValue) == Array(0..<Measure.all.count))
    }

    @Test func `a name is one series for each kind`() {
        var store = MetricsStore(errorKinds: [])
        let model = store.series(.model, "x", now: start)
        #expect(store.series(.model, "x", now: start) == model)
        #expect(store.series(.backend, "x", now: start) != model)
    }

    @Test(arguments: [
        (SeriesKind.backend, MetricsLimits.backendsMax), (.model, MetricsLimits.modelsMax),
        (.client, MetricsLimits.clientsMax),
    ])
    func `names beyond the limit are counted together`(kind: SeriesKind, limit: Int) {
        var store = MetricsStore(errorKinds: [])
        let ids = (0..<limit + 10).map { store.series(kind, "name \($0)", now: start) }
        for id in ids {
            var sample = RequestSample(.succeeded)
            switch kind {
            case .backend: sample.backend = id
            case .model: sample.model = id
            case .client: sample.client = id
            }
            store.finished(sample, now: start)
        }
        let snapshot = store.snapshot(.oneMinute, now: start)
        #expect(snapshot.named(kind, "name \(limit - 1)")?.total == 1)
        #expect(snapshot.named(kind, "name \(limit)") == nil)
        #expect(snapshot.named(kind, MetricsLimits.otherName)?.total == 10)
    }

    @Test func `a client silent for an hour makes room and leaves its total to the others`() {
        var store = MetricsStore(errorKinds: [])
        var ids: [SeriesID] = []
        for number in 0..<MetricsLimits.clientsMax {
            ids.append(store.series(.client, "client \(number)", now: start))
            var sample = RequestSample.served(latency: 1)
            sample.client = ids[number]
            store.finished(sample, now: start + UInt64(number) * second)
        }
        let hour = MetricsLimits.silenceBeforeReuse * second
        let early = store.series(.client, "early", now: start + hour - 1)
        #expect(early == store.series(.client, MetricsLimits.otherName, now: start))
        func isAskedAgain(_ id: SeriesID) -> Bool {
            var isAsked = false
            func name() -> String {
                isAsked = true
                return MetricsLimits.otherName
            }
            _ = store.series(.client, known: id, name(), now: start + hour)
            return isAsked
        }
        #expect(isAskedAgain(early), "it is without a row")
        let fresh = store.series(.client, "fresh", now: start + hour)
        #expect(!isAskedAgain(fresh))
        #expect(isAskedAgain(ids[0]))
        #expect(!isAskedAgain(ids[1]))
        var sample = RequestSample(.failed)
        sample.client = ids[0]
        store.finished(sample, now: start + hour)
        let total = store.snapshot(.total, now: start + hour)
        #expect(total.named(.client, "client 0") == nil)
        #expect(total.named(.client, "fresh") == nil)
        #expect(total.named(.client, MetricsLimits.otherName)?.succeeded == 1)
        #expect(total.named(.client, MetricsLimits.otherName)?.failed == 1)
        #expect(total.named(.client, MetricsLimits.otherName)?[.latency].count == 1)
        #expect(total.clients.map(\.figures.total).reduce(0, +) == total.all.total)
    }

    /// Counts one request of that client.
    private static func ask(_ store: inout MetricsStore, _ name: String, now: UInt64) {
        var sample = RequestSample.served(latency: 1)
        sample.client = store.series(.client, name, now: now)
        store.finished(sample, now: now)
    }

    @Test func `one that asks much gets the row of one that asks little`() throws {
        var store = MetricsStore(errorKinds: [])
        for number in 0..<MetricsLimits.clientsMax {
            for _ in 0...number { Self.ask(&store, "client \(number)", now: start) }
        }
        for _ in 0..<20 { Self.ask(&store, "busy", now: start + second) }
        let snapshot = store.snapshot(.oneMinute, now: start + 2 * second)
        let busy = try #require(snapshot.named(.client, "busy"))
        let other = try #require(snapshot.named(.client, MetricsLimits.otherName))
        #expect(busy.total == 20 - UInt64(MetricsLimits.promotionMin) + 1)
        #expect(snapshot.named(.client, "client 0") == nil, "it asked least")
        #expect(snapshot.named(.client, "client 1")?.total == 2)
        #expect(other.total == UInt64(MetricsLimits.promotionMin))
        #expect(snapshot.clients.map(\.figures.total).reduce(0, +) == snapshot.all.total)
        #expect(store.snapshot(.total, now: start + 3_700 * second).clients.count == 65)
    }

    @Test func `names made up for one request each take no row from anybody`() {
        var store = MetricsStore(errorKinds: [])
        for number in 0..<MetricsLimits.clientsMax {
            for _ in 0..<3 { Self.ask(&store, "client \(number)", now: start) }
        }
        for number in 0..<20_000 as Range<UInt64> {
            Self.ask(&store, "made up \(number)", now: start + number * second / 100)
        }
        // The usage of the rows was halved in that time, and still is more than none.
        let snapshot = store.snapshot(.total, now: start + 200 * second)
        #expect(snapshot.clients.filter { $0.name.hasPrefix("client") }.count == 64)
        #expect(snapshot.named(.client, MetricsLimits.otherName)?.total == 20_000)
    }

    @Test func `two that ask alike do not take the row from each other at every request`() {
        var store = MetricsStore(errorKinds: [])
        for number in 0..<MetricsLimits.clientsMax - 1 {
            for _ in 0..<1_000 { Self.ask(&store, "client \(number)", now: start) }
        }
        var changes = 0
        var last = [false, false]
        for turn in 0..<400 {
            let name = ["left", "right"][turn % 2]
            Self.ask(&store, name, now: start + second)
            let names = store.snapshot(.total, now: start + second).clients.map(\.name)
            let now = ["left", "right"].map(names.contains)
            if now != last { changes += 1 }
            last = now
        }
        #expect(changes <= 10, "\(changes)")
    }

    @Test func `a kind of error without a name is a bug`() async {
        await #expect(processExitsWith: .failure) {
            var store = MetricsStore(errorKinds: ["timeout"])
            store.finished(RequestSample(.failed, errorKind: ErrorKind(index: 1)), now: 0)
        }
    }
}
