import Testing

@testable import Scheduling

/// What is kept of a list that was long, and of requests that were many.
@Suite struct LaneTests {
    private static let many = (0..<3_000).map { "n\($0)" }

    private static func places(_ stage: Stage) -> Int? { stage.scheduler.lanes.first?.models.count }

    @Test func `of a list that is short again no places are kept, and the models are as they were`()
    {
        var stage = Stage(.up("x", ["a", "b"]))
        _ = stage(.backend(.up("x", Self.many + ["b", "c"])))
        #expect(Self.places(stage) ?? 0 >= 3_002)
        _ = stage(.backend(.up("x", ["c", "b", "d"])))
        #expect(Self.places(stage) == 3)
        for (key, name) in zip(1... as PartialRangeFrom<UInt64>, ["b", "c", "d"]) {
            #expect(stage.arrive(.of(key, name)).contains("start \(key) x/\(name)"))
            _ = stage.serve(key)
        }
        #expect(stage.arrive(.of(9, "n7")).contains { $0.hasPrefix("refuse 9") })
    }

    @Test func `while a request runs or waits its model keeps its place`() {
        var stage = Stage(.up("x", Self.many + ["a", "b"]))
        _ = stage.arrive(.of(1, "b"))
        _ = stage.arrive(.of(2, "a"))
        _ = stage(.backend(.up("x", ["a", "b"])))
        #expect(Self.places(stage) == 3_002)
        #expect(stage.serve(1).contains("start 2 x/a"))
        _ = stage(.backend(.up("x", ["a", "b"])))
        #expect(Self.places(stage) == 3_002)
        _ = stage.serve(2)
        _ = stage(.backend(.up("x", ["a", "b"])))
        #expect(Self.places(stage) == 2)
        #expect(stage.arrive(.of(3, "b")).contains("start 3 x/b"))
    }

    @Test func `a list by another number is taken over, be it the same`() {
        var stage = Stage(.up("x", ["a"]))
        _ = stage(.backend(.up("x", ["a"]) { $0.listNumber = 1 }))
        #expect(stage.scheduler.lanes.first?.facts.listNumber == 1)
        #expect(stage.scheduler.lanes.first?.isNews(.up("x", ["a"]) { $0.listNumber = 1 }) == false)
        #expect(stage.scheduler.lanes.first?.isNews(.up("x", ["a"]) { $0.listNumber = 2 }) == true)
    }

    @Test
    func `what a rush of requests named is let go of, and their places are when all are gone`() {
        var stage = Stage(.up("x") { $0.queueMax = 2_000 })
        for key in 0...1_500 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key) { $0.session = "a conversation of some length" })
        }
        #expect(stage.scheduler.entries.count == 1_501)
        for key in 1...1_500 as ClosedRange<UInt64> { _ = stage(.gone(key)) }
        let named = stage.scheduler.entries.filter { $0.ticket.session != nil }
        #expect(named.map(\.ticket.key) == [0])
        _ = stage.serve(0)
        #expect(stage.scheduler.entries.isEmpty)
        #expect(stage.arrive(.of(9)).contains("start 9 x/a"))
    }

    @Test func `of a crowd that waited nothing is kept when all have gone, and of a few all is`() {
        func room(_ count: UInt64) -> Int? {
            var stage = Stage(.up("x") { $0.queueMax = 2_000 })
            for key in 0...count { _ = stage.arrive(.of(key, connection: key)) }
            for key in 1...count { _ = stage(.gone(key)) }
            return stage.scheduler.lanes.first?.bands.map(\.tree.room).max()
        }
        #expect(room(500) == 1)
        // Each has its connection and its tag; the user and the process are the same.
        #expect(room(20) == 1 + 2 + 2 * 20)
    }
}
