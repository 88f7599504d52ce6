import CrowdModelsProtocol
import Metrics
import Telemetry
import Testing

@Suite struct StatisticsTests {
    static let second: UInt64 = 1_000_000_000
    static let start = 360_000 * second
    static let load = Load(
        uptimeSeconds: 12.5,
        backends: [
            Load.Backend(name: "lmstudio", inFlight: 2, queued: 3, isUp: true),
            Load.Backend(name: "other", inFlight: 1, queued: 0, isUp: false),
        ])

    /// Statistics of one success and one failure.
    static func sample() -> Statistics {
        var statistics = Statistics()
        var sample = RequestSample(.succeeded)
        sample.backend = statistics.store.series(.backend, "lmstudio", now: start)
        sample.model = statistics.store.series(.model, "a \"b\"", now: start)
        sample.client = statistics.store.series(.client, "uid:1000 demo", now: start)
        (sample.promptTokens, sample.completionTokens) = (24, 53)
        (sample[.tokensPerSecond], sample[.timeToFirstToken]) = (50, 0.25)
        (sample[.latency], sample[.queueTime]) = (1.5, 0.5)
        statistics.store.finished(sample, now: start)
        var failed = RequestSample(
            .failed, errorKind: Statistics.errorKind(of: .backendUnavailable))
        failed.backend = sample.backend
        statistics.store.finished(failed, now: start)
        return statistics
    }

    static func answer(
        _ statistics: inout Statistics, _ query: StatsQuery = StatsQuery(), now: UInt64 = start
    ) throws -> JSONValue {
        var out = ByteBuffer()
        statistics.write(query, load, now: now, to: &out)
        return try JSONValue(parsing: out.span)
    }

    @Test func `the answer has what was counted, as its readers read it`() throws {
        var statistics = Self.sample()
        let stats = try StatsResult(json: Self.answer(&statistics))
        #expect(stats.window == "5m" && stats.uptimeSeconds == 12.5)
        #expect(stats.inFlight == 3 && stats.queued == 3)
        #expect(
            stats.all.requests
                == ["total": 2, "succeeded": 1, "failed": 1, "cancelled": 0, "rejected": 0])
        #expect(stats.all.promptTokens == 24 && stats.all.completionTokens == 53)
        #expect(stats.all.latency.count == 1 && stats.all.latency.max == 1.5)
        #expect(stats.all.errors == ["backend_unavailable": 1])
        #expect(stats.backends.map(\.name) == ["lmstudio"])
        #expect(stats.backends.first?.value == stats.all)
        #expect(stats.models.map(\.name) == ["a \"b\""])
        #expect(stats.clients.map(\.name) == ["uid:1000 demo"])
        #expect(stats.process.residentBytes > 100_000 && stats.process.openFiles > 2)
    }

    @Test func `percentiles have five digits and are not above the largest value`() throws {
        var statistics = Statistics()
        for value in [3.1e-9, 0.000_123_456_789, 0.25, 1.234_567_89, 98_765.432_1, 4e9] {
            for _ in 0..<100 {
                var sample = RequestSample(.succeeded)
                sample[.latency] = value
                statistics.store.finished(sample, now: Self.start)
            }
            var smaller = RequestSample(.succeeded)
            smaller[.latency] = value * 0.7
            statistics.store.finished(smaller, now: Self.start)
        }
        let latency = try StatsResult(json: Self.answer(&statistics)).all.latency
        let largest = try #require(latency.max)
        for percentile in [latency.p50, latency.p90, latency.p99] {
            let percentile = try #require(percentile)
            #expect(percentile <= largest)
            let digits = "\(percentile)".prefix { $0 != "e" }.filter(\.isNumber)
                .drop { $0 == "0" }
            #expect(digits.count <= 6 || percentile == largest, "\(percentile)")
        }
    }

    @Test func `every measure is told in the row of its name`() throws {
        var statistics = Statistics()
        var sample = RequestSample(.succeeded)
        for measure in Measure.all { sample[measure] = Double(measure.rawValue + 1) }
        sample.completionTokens = 8
        statistics.store.finished(sample, now: Self.start)
        let answer = try Self.answer(&statistics)
        for measure in Measure.all {
            let name = measure.name.description
            let told = answer[name] ?? answer["overhead_parts"]?[name]
            #expect(told?["max"] == .integer(measure.rawValue + 1), "\(name)")
        }
    }

    @Test func `an answer is written anew when a request ended and when one left the window`()
        throws
    {
        var statistics = Self.sample()
        #expect(try Self.answer(&statistics)["requests"]?["total"] == 2)
        statistics.store.finished(RequestSample(.cancelled), now: Self.start + 1)
        #expect(try Self.answer(&statistics)["requests"]?["total"] == 3)
        let later = Self.start + 400 * Self.second
        #expect(try Self.answer(&statistics, now: later)["requests"]?["total"] == 0)
    }
}
