import Metrics
import Telemetry
import Testing

@Suite struct RequestMomentsTests {
    private static func sample(_ change: (inout RequestMoments) -> Void) -> RequestSample {
        var times = RequestMoments(read: 1_000_000_000, admitted: 1_000_010_000)
        change(&times)
        var sample = RequestSample(.succeeded)
        times.fill(&sample)
        return sample
    }

    @Test func `the parts of an answered request are its whole time`() {
        let sample = Self.sample { times in
            times.started = 1_500_010_000
            times.predictedStart = 1_400_010_000
            times.sent = 1_500_110_000
            times.heard = 3_500_110_000
            times.answered = 3_500_130_000
        }
        let parts = sample.parts
        #expect(parts.parse == 0.000_01 && parts.queue == 0.5 && parts.connect == 0.000_1)
        #expect(parts.backend == 2 && parts.relay == 0.000_02)
        #expect(sample.latency == 2.500_12)
        #expect(sample.queueTime == 0.500_1)
        #expect(sample.predictionError == 0.1)
        #expect(abs((sample.overhead ?? 0) - 0.000_13) < 1e-12)
        let sum = [parts.parse, parts.queue, parts.connect, parts.backend, parts.relay]
            .reduce(0) { $0 + ($1 ?? 0) }
        #expect(abs(sum - 2.500_13) < 1e-9)
    }

    @Test func `what started earlier than predicted was predicted as wrongly as what came later`() {
        let early = Self.sample { ($0.started, $0.predictedStart) = (2_000_000_000, 2_500_000_000) }
        #expect(early.predictionError == 0.5)
    }

    @Test func `a request that was never sent has no time of a backend and no overhead`() {
        let sample = Self.sample { $0.answered = 2_000_010_000 }
        #expect(sample.latency == 1)
        #expect(sample.parts.connect == nil && sample.parts.backend == nil)
        #expect(sample.queueTime == nil && sample.overhead == nil && sample.predictionError == nil)
    }
}
