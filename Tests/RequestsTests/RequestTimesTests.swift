import Metrics
import Requests
import Testing

@Suite struct RequestTimesTests {
    private static func sample(_ change: (inout RequestTimes) -> Void) -> RequestSample {
        var times = RequestTimes(arrivedAt: 1_000_010_000)
        times.readAt = 1_000_000_000
        change(&times)
        var sample = RequestSample(.succeeded)
        times.fill(&sample)
        return sample
    }

    @Test func `the parts of an answered request are its whole time`() {
        let sample = Self.sample { times in
            times.startedAt = 1_500_010_000
            times.predictedStartAt = 1_400_010_000
            times.sentAt = 1_500_110_000
            times.heardAt = 3_500_110_000
            times.endedAt = 3_500_130_000
        }
        #expect(sample[.parse] == 0.000_01 && sample[.queue] == 0.5)
        #expect(sample[.connect] == 0.000_1)
        #expect(sample[.backend] == 2 && sample[.relay] == 0.000_02)
        #expect(sample[.latency] == 2.500_12)
        #expect(sample[.queueTime] == 0.500_1)
        #expect(sample[.predictionError] == 0.1)
        #expect(abs((sample[.overhead] ?? 0) - 0.000_13) < 1e-12)
        let parts: [Measure] = [.parse, .queue, .connect, .backend, .relay]
        let sum = parts.reduce(0) { $0 + (sample[$1] ?? 0) }
        #expect(abs(sum - 2.500_13) < 1e-9)
    }

    @Test func `what started earlier than predicted was predicted as wrongly as what came later`() {
        let early = Self.sample {
            ($0.startedAt, $0.predictedStartAt) = (2_000_000_000, 2_500_000_000)
        }
        #expect(early[.predictionError] == 0.5)
    }

    @Test func `a request that was never sent has no time of a backend and no overhead`() {
        let sample = Self.sample { $0.endedAt = 2_000_010_000 }
        #expect(sample[.latency] == 1)
        #expect(sample[.connect] == nil && sample[.backend] == nil)
        #expect(sample[.queueTime] == nil && sample[.overhead] == nil)
        #expect(sample[.predictionError] == nil)
    }

    @Test func `only a stream has a first token, and our queue is in what its caller saw of it`() {
        var times = RequestTimes(arrivedAt: 1_000_000_000)
        (times.readAt, times.startedAt, times.sentAt) = (
            1_000_000_000, 2_000_000_000, 2_000_000_000
        )
        (times.firstDeltaAt, times.heardAt, times.endedAt) = (
            2_500_000_000, 4_000_000_000, 4_000_000_000
        )
        var stream = OperationSample()
        times.fill(&stream, isStream: true)
        #expect(stream.timeToFirstToken == 1.5 && stream.timeToFirstChunk == 0.5)
        #expect(stream.requestDuration == 3 && stream.operationDuration == 2)
        var whole = OperationSample()
        times.fill(&whole, isStream: false)
        #expect(whole.timeToFirstToken == nil && whole.timeToFirstChunk == nil)
        #expect(whole.requestDuration == 3)
    }
}
