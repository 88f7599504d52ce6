import Scheduling
import Testing

/// Who has the turn where several callers wait.
@Suite struct FairnessTests {
    @Test func `a caller with fifty requests delays another's single one by one service time`() {
        var stage = Stage(.up("x"))
        for key in 1...50 as ClosedRange<UInt64> { _ = stage.arrive(.of(key, connection: 1)) }
        _ = stage.arrive(.of(99, connection: 2))
        #expect(stage.serve(1) == ["start 99 x/a"])
        #expect(stage.serve(99) == ["start 2 x/a"])
    }

    @Test func `callers with equal shares take turns`() {
        var stage = Stage(.up("x"))
        for key in 10..<14 as Range<UInt64> { _ = stage.arrive(.of(key, connection: 1)) }
        for key in 20..<24 as Range<UInt64> { _ = stage.arrive(.of(key, connection: 2)) }
        for key in 30..<32 as Range<UInt64> { _ = stage.arrive(.of(key, connection: 3)) }
        #expect(stage.serveAll([10]) == [20, 30, 11, 21, 31, 12, 22, 13, 23])
    }

    @Test func `many connections of one process have one process's share`() {
        var stage = Stage(.up("x"))
        for key in 1...9 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key, connection: key) { $0.caller.pid = 1 })
        }
        for key in 20..<23 as Range<UInt64> {
            _ = stage.arrive(.of(key, connection: 20) { $0.caller.pid = 2 })
        }
        #expect(Array(stage.serveAll([1]).prefix(6)) == [20, 2, 21, 3, 22, 4])
    }

    @Test func `many processes of one user have one user's share, and tags share a connection`() {
        var stage = Stage(.up("x"))
        for key in 1...9 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key, connection: key) { $0.caller.pid = Int32(key) })
        }
        for key in 20..<24 as Range<UInt64> {
            _ = stage.arrive(
                .of(key, connection: 20) {
                    $0.caller.uid = 1001
                    $0.caller.tag = key < 23 ? "index" : "chat"
                })
        }
        #expect(Array(stage.serveAll([1]).prefix(7)) == [20, 2, 23, 3, 21, 4, 22])
    }

    @Test func `who took as long as several others pays for several`() {
        var stage = Stage(.up("x"))
        _ = stage.arrive(.of(1, connection: 9))
        _ = stage.after(second)
        _ = stage.serve(1)
        for key in 10..<13 as Range<UInt64> { _ = stage.arrive(.of(key, connection: 1)) }
        for key in 20..<24 as Range<UInt64> { _ = stage.arrive(.of(key, connection: 2)) }
        _ = stage.after(3 * second)
        #expect(stage.serve(10) == ["start 20 x/a"])
        #expect(stage.serveAll([20], taking: second) == [21, 22, 11, 23, 12])
    }

    @Test func `nobody saves up turns while idle`() {
        var stage = Stage(.up("x", max: 2))
        _ = stage.arrive(.of(1, connection: 1))
        for key in 100..<200 as Range<UInt64> { _ = stage.arrive(.of(key, connection: 2)) }
        for key in 100..<150 as Range<UInt64> { _ = stage.serve(key) }
        for key in 2..<9 as Range<UInt64> { _ = stage.arrive(.of(key, connection: 1)) }
        let order = stage.scheduler.order(on: "x", now: stage.now)
        #expect(Array(order.prefix(6)) == [2, 151, 3, 152, 4, 153])
    }

    @Test func `interactive requests go before batch ones, and at most eight of them`() {
        var stage = Stage(.up("x"))
        _ = stage.arrive(.of(0))
        _ = stage.arrive(.of(50) { $0.priority = .batch })
        for key in 1...20 as ClosedRange<UInt64> { _ = stage.arrive(.of(key)) }
        let order = stage.serveAll([0])
        #expect(Array(order.prefix(10)) == [1, 2, 3, 4, 5, 6, 7, 8, 50, 9])
    }

    @Test func `a batch request is not starved by other callers either`() {
        var stage = Stage(.up("x"))
        _ = stage.arrive(.of(0))
        _ = stage.arrive(.of(50, connection: 7) { $0.priority = .batch })
        for key in 1...20 as ClosedRange<UInt64> { _ = stage.arrive(.of(key, connection: key)) }
        #expect(stage.serveAll([0]).firstIndex(of: 50) == 8)
    }

    @Test func `whoever has waited half a minute goes before its caller's interactive ones`() {
        var stage = Stage(.up("x"))
        _ = stage.arrive(.of(0))
        _ = stage.arrive(.of(1) { $0.priority = .batch })
        _ = stage.after(SchedulingLimits.evictionPatience - 1)
        _ = stage.arrive(.of(2))
        #expect(stage.scheduler.order(on: "x", now: stage.now) == [2, 1])
        _ = stage.after(1)
        #expect(stage.scheduler.order(on: "x", now: stage.now) == [1, 2])
    }

    @Test func `whoever has waited half a minute does not go before another caller's turn`() {
        var stage = Stage(.up("x"))
        for key in 1...3 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key, connection: 1) { $0.priority = .batch })
        }
        _ = stage.after(SchedulingLimits.evictionPatience)
        _ = stage.arrive(.of(9, connection: 2) { $0.priority = .batch })
        #expect(stage.scheduler.order(on: "x", now: stage.now) == [9, 2, 3])
    }
}
