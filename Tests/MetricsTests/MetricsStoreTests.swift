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
            sample.timeToFirstToken = 0.111
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
        #expect(all.timeToFirstToken.count == 4)
        #expect(all.latency == all.queueTime, "what was not measured is not there")
        #expect(snapshot.named(.backend, "lmstudio")?.total == 4)
        #expect(snapshot.named(.model, "small")?.total == 1)
        #expect(snapshot.named(.model, "large")?.failed == 1)
        #expect(snapshot.named(.client, "uid:1000 demo") == all)
        #expect(snapshot.models.map(\.name) == ["large", "small"])
    }

    @Test func `each measure is told under its own name`() {
        var store = MetricsStore(errorKinds: [])
        var sample = RequestSample(.succeeded)
        sample.tokensPerSecond = 1
        sample.timeToFirstToken = 2
        sample.interTokenLatency = 3
        sample.latency = 4
        sample.queueTime = 5
        sample.overhead = 6
        store.finished(sample, now: start)
        let all = store.snapshot(.total, now: start).all
        let distributions = [
            all.tokensPerSecond, all.timeToFirstToken, all.interTokenLatency, all.latency,
            all.queueTime, all.overhead,
        ]
        #expect(distributions.map(\.max) == [1, 2, 3, 4, 5, 6])
        #expect(distributions.map(\.mean) == [1, 2, 3, 4, 5, 6])
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
        let fresh = store.series(.client, "fresh", now: start + hour)
        #expect(store.isCurrent(fresh))
        #expect(!store.isCurrent(ids[0]))
        #expect(store.isCurrent(ids[1]))
        var sample = RequestSample(.failed)
        sample.client = ids[0]
        store.finished(sample, now: start + hour)
        let total = store.snapshot(.total, now: start + hour)
        #expect(total.named(.client, "client 0") == nil)
        #expect(total.named(.client, "fresh") == nil)
        #expect(total.named(.client, MetricsLimits.otherName)?.succeeded == 1)
        #expect(total.named(.client, MetricsLimits.otherName)?.failed == 1)
        #expect(total.named(.client, MetricsLimits.otherName)?.latency.count == 1)
        #expect(total.clients.map(\.figures.total).reduce(0, +) == total.all.total)
    }

    @Test func `a kind of error without a name is a bug`() async {
        await #expect(processExitsWith: .failure) {
            var store = MetricsStore(errorKinds: ["timeout"])
            store.finished(RequestSample(.failed, errorKind: ErrorKind(index: 1)), now: 0)
        }
    }
}
