import Scheduling
import Testing

/// When a backend is not trusted any more, and when it is again.
@Suite struct BreakerTests {
    @Test func `three failures in a row open it and one request tries after the cool-down`() {
        var stage = Stage(.up("x", max: 9))
        for key in 1...2 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key))
            #expect(stage.fail(key, .transient(retryAfter: nil)) == ["give up \(key)"])
        }
        _ = stage.arrive(.of(3))
        #expect(stage.fail(3, .crash) == ["breaker x open", "give up 3"])
        let refusal = "unavailable(backend: \"x\", retryAfter: Optional(\(second)))"
        #expect(stage.arrive(.of(4)) == ["refuse 4 \(refusal)"])
        _ = stage.after(second)
        #expect(stage.arrive(.of(5)) == ["breaker x halfOpen", "start 5 x/a"])
        #expect(stage.arrive(.of(6)) == ["queue 6 x/a"])
        #expect(stage.serve(5) == ["breaker x closed", "start 6 x/a"])
    }

    @Test func `a probe that fails doubles the cool-down up to a minute`() {
        var stage = Stage(.up("x", max: 9))
        var key: UInt64 = 0
        func fail() -> UInt64 {
            key += 1
            _ = stage.arrive(.of(key) { $0.expiresAt = .max })
            _ = stage.fail(key, .crash)
            guard case .breaker(let span) = stage.scheduler.view(of: "x", now: stage.now)?.pause
            else { return 0 }
            _ = stage.after(span)
            return span / second
        }
        #expect((0..<10).map { _ in fail() } == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60])
    }

    @Test func `a server's Retry-After is the least cool-down`() {
        var stage = Stage(.up("x", max: 9))
        for key in 1...3 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key))
            _ = stage.fail(key, .transient(retryAfter: 7 * second))
        }
        #expect(stage.scheduler.view(of: "x", now: stage.now)?.pause == .breaker(7 * second))
    }

    @Test func `half of ten answers in half a minute open it, older ones do not count`() {
        func opens(pause: UInt64) -> Bool {
            var stage = Stage(.up("x", max: 9))
            for key in 0..<10 as Range<UInt64> {
                _ = stage.arrive(.of(key))
                _ = key % 2 == 0 ? stage.serve(key) : stage.fail(key, .crash)
                if key == 4 { _ = stage.after(pause) }
            }
            return stage.scheduler.view(of: "x", now: stage.now)?.breaker == .open
        }
        #expect(opens(pause: second))
        #expect(!opens(pause: 31 * second))
    }

    @Test(
        arguments: [
            .callersFault, .throttled(retryAfter: 0), .unreachable, .hardDown, .modelMissing,
            .contextTooLong,
        ] as [FailureClass])
    func `what is not its failure is not counted`(failure: FailureClass) {
        var stage = Stage(.up("x", max: 9))
        for key in 1...5 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key))
            _ = stage.fail(key, failure)
            _ = stage(.backend(.up("x", max: 9)))
        }
        #expect(stage.scheduler.view(of: "x", now: stage.now)?.breaker == .closed)
    }

    @Test func `a probe that is cancelled lets another one try`() {
        var stage = Stage(.up("x", max: 9))
        for key in 1...3 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key))
            _ = stage.fail(key, .crash)
        }
        _ = stage.after(second)
        _ = stage.arrive(.of(4))
        _ = stage.arrive(.of(5))
        #expect(stage(.gone(4)) == ["breaker x halfOpen", "start 5 x/a"])
    }

    @Test func `who waits behind an open breaker goes to another backend or waits for the probe`() {
        var stage = Stage(.up("x", max: 3), .up("y", ["b"], max: 9))
        for key in 1...4 as ClosedRange<UInt64> { _ = stage.arrive(.of(key)) }
        _ = stage.arrive(.of(5) { $0.fallbacks = ["b"] })
        _ = stage.fail(1, .crash)
        _ = stage.fail(2, .crash)
        #expect(stage.scheduler.totals == (3, 0))
        _ = stage.arrive(.of(6))
        _ = stage.arrive(.of(7) { $0.fallbacks = ["b"] })
        #expect(stage.fail(3, .crash) == ["breaker x open", "give up 3", "start 7 y/b"])
        _ = stage.serve(7)
        _ = stage(.gone(4))
        _ = stage(.gone(5))
        #expect(stage.wakesAt == start + second)
        #expect(stage.after(second) == ["breaker x halfOpen", "start 6 x/a"])
    }
}
