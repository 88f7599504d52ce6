import Scheduling
import Testing

/// Who starts at once, who waits, and who is refused, on one backend.
@Suite struct AdmissionTests {
    @Test func `a free slot starts a request at once`() {
        var stage = Stage(.up("x", max: 2))
        #expect(stage.arrive(.of(1)) == ["start 1 x/a"])
        #expect(stage.arrive(.of(2)) == ["start 2 x/a"])
        #expect(stage.arrive(.of(3)) == ["queue 3 x/a"])
        #expect(stage.serve(1) == ["start 3 x/a"])
        #expect(stage.serve(2) == [])
        #expect(stage.scheduler.totals == (1, 0))
    }

    @Test func `without a free slot requests start in the order in which they came`() {
        var stage = Stage(.up("x"))
        for key in 1...5 as ClosedRange<UInt64> { _ = stage.arrive(.of(key)) }
        #expect(stage.scheduler.order(on: "x", now: start) == [2, 3, 4, 5])
        #expect(stage.serveAll([1]) == [2, 3, 4, 5])
    }

    @Test func `a request is forgotten in every phase when it is gone`() {
        var stage = Stage(.up("x"))
        for key in 1...3 as ClosedRange<UInt64> { _ = stage.arrive(.of(key)) }
        #expect(stage(.gone(2)) == [])
        #expect(stage(.gone(1)) == ["start 3 x/a"])
        #expect(stage(.gone(3)) == [])
        #expect(stage(.gone(99)) == [])
        #expect(stage.scheduler.totals == (0, 0))
    }

    @Test func `a full queue is busy and names its limit`() {
        var stage = Stage(.up("x") { $0.queueMax = 1 })
        _ = stage.arrive(.of(1))
        _ = stage.arrive(.of(2))
        let lines = stage.arrive(.of(3))
        #expect(lines.count == 1)
        #expect(lines[0].contains("busy(backend: \"x\", queued: 1, limit: 1, retryAfter: "))
    }

    @Test func `a rate limit lets the next start when a minute has passed`() {
        var stage = Stage(.up("x", max: 9) { $0.rateLimit = 2 })
        _ = stage.arrive(.of(1))
        _ = stage.after(second)
        _ = stage.arrive(.of(2))
        #expect(stage.arrive(.of(3)) == ["queue 3 x/a"])
        #expect(stage.wakesAt == start + SchedulingLimits.rateWindow)
        #expect(stage.after(SchedulingLimits.rateWindow - second - 1) == [])
        #expect(stage.after(1) == ["start 3 x/a"])
    }

    @Test func `a rate limit that holds a request past its time refuses it at once`() {
        var stage = Stage(.up("x", max: 9) { $0.rateLimit = 1 })
        _ = stage.arrive(.of(1))
        let lines = stage.arrive(.of(2) { $0.expiresAt = start + 30 * second })
        #expect(
            lines == [
                "refuse 2 rateLimited(backend: \"x\", retryAfter: \(SchedulingLimits.rateWindow))"
            ])
    }

    @Test func `a request whose time is over is refused when its turn comes`() {
        var stage = Stage(.up("x"))
        _ = stage.arrive(.of(1))
        _ = stage.arrive(.of(2) { $0.expiresAt = start + second })
        _ = stage.arrive(.of(3))
        _ = stage.after(2 * second)
        #expect(stage.serve(1) == ["refuse 2 timedOut(backend: \"x\")", "start 3 x/a"])
    }

    @Test func `a deadline that cannot be met is refused with the prediction`() {
        var stage = Stage(.up("x"))
        _ = stage.arrive(.of(1))
        _ = stage.after(10 * second)
        _ = stage.serve(1)
        let lines = stage.arrive(.of(2) { $0.deadline = stage.now + 4 * second })
        #expect(
            lines == [
                "refuse 2 deadlineUnreachable(backend: \"x\", predicted: \(10 * second), "
                    + "retryAfter: \(6 * second))"
            ])
        #expect(stage.arrive(.of(3) { $0.deadline = stage.now + 11 * second }).count == 1)
        #expect(stage.after(61 * second) == [])
        _ = stage(.gone(3))
        #expect(
            stage.arrive(.of(4) { $0.deadline = stage.now + second }) == ["start 4 x/a"],
            "an old time says nothing any more")
    }

    @Test
    func `those who wait are told when they would start, once it is known how long things take`() {
        var stage = Stage(.up("x"))
        _ = stage.arrive(.of(1))
        #expect(stage.arrive(.of(2) { $0.wantsProgress = true }).last == "tell 2 1")
        _ = stage.after(10 * second)
        _ = stage.serve(1)
        #expect(
            stage.arrive(.of(3) { $0.wantsProgress = true }).last == "tell 3 1 in 10000 ms")
        _ = stage.after(second)
        #expect(
            stage.arrive(.of(4) { $0.wantsProgress = true }).last == "tell 4 2 in 19000 ms")
    }

    @Test func `a wait is shorter by what those that run have run already`() {
        var stage = Stage(.up("x") { $0.maxConcurrent = 2 })
        func tell(_ key: UInt64) -> String? {
            _ = stage.after(second)
            return stage.arrive(.of(key) { $0.wantsProgress = true }).last
        }
        _ = stage.arrive(.of(1))
        _ = stage.after(10 * second)
        _ = stage.serve(1)
        _ = stage.arrive(.of(2))
        _ = stage.after(4 * second)
        _ = stage.arrive(.of(3))
        _ = stage.after(2 * second)
        // They run for 7 and for 3 of 10 seconds when the next comes, each of them a second later.
        #expect(tell(4) == "tell 4 1 in 3000 ms")
        #expect(tell(5) == "tell 5 2 in 6000 ms")
        #expect(tell(6) == "tell 6 3 in 11000 ms")
        #expect(tell(7) == "tell 7 4 in 14000 ms")
        // What has ended is not counted any more.
        _ = stage.serve(2)
        _ = stage.after(second)
        #expect(tell(8) == "tell 8 4 in 18000 ms")
    }

    @Test
    func `the next slot is that of whoever is believed to end first, however late others are`() {
        var stage = Stage(.up("x") { $0.maxConcurrent = 2 })
        _ = stage.arrive(.of(1))
        _ = stage.after(10 * second)
        _ = stage.serve(1)
        _ = stage.arrive(.of(2))
        _ = stage.after(10 * second)
        _ = stage.arrive(.of(3))
        _ = stage.after(9 * second)
        // One is 9 seconds late, the other ends in one.
        #expect(
            stage.arrive(.of(4) { $0.wantsProgress = true }).last == "tell 4 1 in 1000 ms")
        _ = stage.after(1)
        #expect(
            stage.arrive(.of(5) { $0.deadline = stage.now + 25 * second }) == ["queue 5 x/a"])
        _ = stage(.gone(5))
        _ = stage.after(second)
        _ = stage.after(second)
        #expect(
            stage.arrive(.of(6) { $0.wantsProgress = true }).last == "tell 6 2 in 10000 ms")
    }

    @Test func `where more run than may by now those must end first`() {
        var stage = Stage(.up("x") { $0.maxConcurrent = 3 })
        _ = stage.arrive(.of(1))
        _ = stage.after(10 * second)
        _ = stage.serve(1)
        for key in 2...4 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key))
            _ = stage.after(2 * second)
        }
        _ = stage(.backend(.up("x") { $0.maxConcurrent = 1 }))
        #expect(
            stage.arrive(.of(5) { $0.wantsProgress = true }).last == "tell 5 1 in 8000 ms")
    }

    @Test func `of one that is late it is believed that it takes as long again as it is late`() {
        var stage = Stage(.up("x") { $0.queueMax = 10 })
        _ = stage.arrive(.of(1))
        _ = stage.after(10 * second)
        _ = stage.serve(1)
        _ = stage.arrive(.of(2))
        _ = stage.after(13 * second)
        #expect(
            stage.arrive(.of(3) { $0.wantsProgress = true }).last == "tell 3 1 in 3000 ms")
        _ = stage(.gone(3))
        _ = stage.after(30 * second)
        #expect(
            stage.arrive(.of(4) { $0.wantsProgress = true }).last == "tell 4 1 in 10000 ms",
            "but not longer than usual")
        #expect(
            stage.arrive(.of(5) { $0.deadline = stage.now + 15 * second }).last?.hasPrefix(
                "refuse 5") == true)
    }

    @Test func `when the daemon stops all that wait and all that come are refused`() {
        var stage = Stage(.up("x"))
        _ = stage.arrive(.of(1))
        _ = stage.arrive(.of(2))
        #expect(stage(.stopping) == ["refuse 2 stopping"])
        #expect(stage.arrive(.of(3)) == ["refuse 3 stopping"])
        #expect(stage.serve(1) == [])
    }

    @Test func `places are told to those who asked, when they changed`() {
        var stage = Stage(.up("x"))
        _ = stage.arrive(.of(1))
        #expect(
            stage.arrive(.of(2) { $0.wantsProgress = true }) == ["queue 2 x/a", "tell 2 1"])
        #expect(stage.arrive(.of(3)) == ["queue 3 x/a"])
        #expect(stage.arrive(.of(4) { $0.wantsProgress = true }) == ["queue 4 x/a"])
        let moment = stage.wakesAt ?? 0
        #expect(moment > stage.now)
        #expect(stage.after(moment - stage.now) == ["tell 4 3"])
        _ = stage.after(second)
        #expect(stage(.gone(3)) == ["tell 4 2"])
    }
}
