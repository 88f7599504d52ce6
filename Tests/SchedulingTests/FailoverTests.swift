import Scheduling
import Testing

/// What follows when a try fails.
@Suite struct FailoverTests {
    @Test func `a failure before the first token goes on to the next candidate`() {
        var stage = Stage(.up("x"), .up("y"))
        #expect(stage.arrive(.of(1)) == ["start 1 x/a"])
        #expect(stage.fail(1, .transient(retryAfter: nil)) == ["start 1 y/a attempt 2"])
        #expect(stage.fail(1, .transient(retryAfter: nil)) == ["give up 1"])
        #expect(stage.scheduler.totals == (0, 0))
    }

    @Test func `there are three attempts and no more`() {
        var stage = Stage(.up("w"), .up("x"), .up("y"), .up("z"))
        _ = stage.arrive(.of(1))
        #expect(stage.fail(1, .crash) == ["start 1 x/a attempt 2"])
        #expect(stage.fail(1, .crash) == ["start 1 y/a attempt 3"])
        #expect(stage.fail(1, .crash) == ["give up 1"])
    }

    @Test func `nothing is tried again after text, for the caller's fault, or past its time`() {
        var stage = Stage(.up("x", max: 9), .up("y", max: 9))
        _ = stage.arrive(.of(1))
        #expect(stage.fail(1, .crash, afterText: true) == ["give up 1"])
        _ = stage.arrive(.of(2))
        _ = stage(.firstToken(2))
        #expect(stage.fail(2, .crash) == ["give up 2"])
        _ = stage.arrive(.of(3))
        #expect(stage.fail(3, .callersFault) == ["give up 3"])
        _ = stage.arrive(.of(4) { $0.expiresAt = start + second })
        _ = stage.after(second)
        #expect(stage.fail(4, .crash) == ["give up 4"])
    }

    @Test func `an alias goes on to its next name, and never to a model that runs elsewhere`() {
        var stage = Stage(
            .up("x", ["big", "cloud", "small"], max: 9) { $0.models[1].isRemote = true })
        _ = stage.arrive(.of(1, "big") { $0.fallbacks = ["cloud", "small"] })
        #expect(stage.fail(1, .modelMissing) == ["start 1 x/small attempt 2"])
        #expect(stage.arrive(.of(2, "cloud")) == ["start 2 x/cloud"])
    }

    @Test func `a prompt that is too long goes on to a larger context alone`() {
        func facts(_ name: String, _ length: Int?) -> BackendFacts {
            .up(name) { $0.models[0].contextLength = length }
        }
        var stage = Stage(facts("w", 4096), facts("x", 4096), facts("y", nil), facts("z", 8192))
        _ = stage.arrive(.of(1))
        #expect(stage.fail(1, .contextTooLong) == ["start 1 z/a attempt 2"])
        #expect(stage.fail(1, .contextTooLong) == ["give up 1"])
    }

    @Test func `a refused connection takes the backend down and its queue elsewhere`() {
        var stage = Stage(.up("x"), .up("y", ["b"]))
        for key in 1...3 as ClosedRange<UInt64> { _ = stage.arrive(.of(key)) }
        _ = stage.arrive(.of(4, "a") { $0.fallbacks = ["b"] })
        #expect(
            stage.fail(1, .unreachable) == [
                "give up 1", "refuse 2 unavailable(backend: \"x\", retryAfter: nil)",
                "refuse 3 unavailable(backend: \"x\", retryAfter: nil)", "start 4 y/b",
            ])
        #expect(
            stage.arrive(.of(5)) == ["refuse 5 unavailable(backend: \"x\", retryAfter: nil)"])
        _ = stage(.backend(.up("x")))
        #expect(stage.arrive(.of(6)) == ["start 6 x/a"])
    }

    @Test func `a refused key says nothing of the next request, until a look says so of all`() {
        var stage = Stage(.up("x"))
        _ = stage.arrive(.of(1))
        #expect(stage.fail(1, .hardDown) == ["give up 1"])
        #expect(stage.arrive(.of(2)) == ["start 2 x/a"])
        var refused = BackendFacts.up("x")
        refused.state = .authFailed
        _ = stage(.backend(refused))
        #expect(stage.arrive(.of(3)) == ["refuse 3 authFailed(backend: \"x\")"])
    }

    @Test func `an aborted load waits its turn again, longer each time, and is no attempt`() {
        var stage = Stage(
            .up("x", max: 4) {
                $0.residency = .limited(1)
                $0.models[0].state = .notLoaded
            })
        #expect(stage.arrive(.of(1)) == ["start 1 x/a loads"])
        #expect(stage.fail(1, .contention) == ["queue 1 x/a contention"])
        #expect(stage.arrive(.of(2)) == ["queue 2 x/a"])
        #expect(stage.wakesAt == stage.now + SchedulingLimits.contentionMin)
        #expect(
            stage.after(SchedulingLimits.contentionMin) == ["start 1 x/a loads", "start 2 x/a"])
        #expect(stage.fail(1, .contention) == ["queue 1 x/a contention"])
        #expect(stage.wakesAt == stage.now + 2 * SchedulingLimits.contentionMin)
        _ = stage.serve(2)
        #expect(stage.after(2 * SchedulingLimits.contentionMin) == ["start 1 x/a"])
    }

    @Test func `a server that wants a pause gets it and its queue waits`() {
        var stage = Stage(.up("x", max: 2))
        _ = stage.arrive(.of(1))
        _ = stage.arrive(.of(2))
        #expect(stage.fail(1, .throttled(retryAfter: 5 * second)) == ["give up 1"])
        #expect(stage.arrive(.of(3)) == ["queue 3 x/a"])
        #expect(
            stage.arrive(.of(4) { $0.expiresAt = start + 5 * second }) == [
                "refuse 4 rateLimited(backend: \"x\", retryAfter: \(5 * second))"
            ])
        #expect(stage.wakesAt == start + 5 * second)
        #expect(stage.after(5 * second) == ["start 3 x/a"])
    }

    @Test func `a shorter pause does not end a longer one`() {
        var stage = Stage(.up("x"))
        _ = stage.arrive(.of(1))
        _ = stage.fail(1, .throttled(retryAfter: 5 * second))
        _ = stage(.held(backend: "x", until: stage.now + second))
        #expect(stage.arrive(.of(2)) == ["queue 2 x/a"])
        #expect(stage.after(2 * second) == [])
        #expect(stage.after(3 * second) == ["start 2 x/a"])
    }

    @Test func `what a backend that left had waiting goes elsewhere or is refused`() {
        var stage = Stage(.up("x"), .up("y", max: 2))
        _ = stage.arrive(.of(1))
        _ = stage.arrive(.of(2) { $0.backend = "x" })
        #expect(stage(.backendGone("x")) == ["refuse 2 unknownBackend(\"x\")"])
        #expect(stage.fail(1, .crash) == ["start 1 y/a attempt 2"])
        #expect(stage.scheduler.view(of: "x", now: stage.now) == nil)
    }

    @Test func `one that came in the place of another was not tried yet`() {
        var stage = Stage(.up("x"), .up("y") { $0.priority = 1 })
        #expect(stage.arrive(.of(1)) == ["start 1 x/a"])
        #expect(stage.arrive(.of(2) { $0.backend = "y" }) == ["start 2 y/a"])
        _ = stage.fail(1, .crash)
        _ = stage(.backendGone("x"))
        #expect(stage(.backend(.up("z"))) == ["start 1 z/a attempt 2"])
        #expect(stage.fail(1, .crash) == ["queue 1 y/a failover"])
        _ = stage(.backendGone("z"))
        #expect(stage(.backend(.up("x"))) == [], "it failed there, wherever that stands now")
    }

    @Test func `a stop lets one that failed begin elsewhere at once, and wait nowhere`() {
        var stage = Stage(.up("x", max: 3), .up("y") { $0.priority = 1 })
        for key in 1...2 as ClosedRange<UInt64> { _ = stage.arrive(.of(key)) }
        #expect(stage(.stopping) == [])
        #expect(stage.fail(1, .crash) == ["start 1 y/a attempt 2"])
        #expect(stage.fail(2, .crash) == ["refuse 2 stopping"])
        #expect(stage.serve(1) == [])
        #expect(stage.scheduler.totals == (0, 0))
    }

    @Test func `a model that is not listed any more is not waited for`() {
        var stage = Stage(.up("x", ["a", "b"]), .up("y", ["b"]))
        _ = stage.arrive(.of(1, "a"))
        _ = stage.arrive(.of(2, "a"))
        _ = stage.arrive(.of(3, "b") { $0.backend = "x" })
        #expect(stage(.backend(.up("x", ["b"]))) == ["refuse 2 unknownModel(\"a\")"])
        #expect(stage.serve(1) == ["start 3 x/b"])
    }
}
