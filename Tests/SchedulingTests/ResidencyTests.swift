import Scheduling
import Testing

/// A model that generates, or loads for somebody, is not made to leave.
@Suite struct ResidencyTests {
    /// A server that loads what is asked for and throws out another; "a" is loaded.
    private static func evicting(
        _ loaded: [String] = ["a"], max: Int = 4, room: Int = 1
    ) -> BackendFacts {
        .up("x", ["a", "b", "c"], max: max) { facts in
            facts.residency = .limited(room)
            for index in facts.models.indices where !loaded.contains(facts.models[index].id) {
                facts.models[index].state = .notLoaded
            }
        }
    }

    @Test func `without eviction any model runs beside any other`() {
        var stage = Stage(.up("x", ["a", "b"], max: 2) { $0.models[1].state = .notLoaded })
        #expect(stage.arrive(.of(1, "a")) == ["start 1 x/a"])
        #expect(stage.arrive(.of(2, "b")) == ["start 2 x/b loads"])
    }

    @Test func `a model that is not loaded waits until everything else has ended`() {
        var stage = Stage(Self.evicting())
        _ = stage.arrive(.of(1, "a"))
        _ = stage.arrive(.of(2, "a"))
        #expect(stage.arrive(.of(3, "b")) == ["queue 3 x/b"])
        #expect(stage.serve(1) == [])
        #expect(stage(.gone(2)) == ["start 3 x/b loads"])
    }

    @Test func `loaded models run beside each other`() {
        var stage = Stage(Self.evicting(["a", "b"]))
        _ = stage.arrive(.of(1, "a"))
        #expect(stage.arrive(.of(2, "b")) == ["start 2 x/b"])
    }

    @Test func `nobody disturbs a load, and its own requests join it`() {
        var stage = Stage(Self.evicting())
        #expect(stage.arrive(.of(1, "b")) == ["start 1 x/b loads"])
        #expect(stage.arrive(.of(2, "a")) == ["queue 2 x/a"])
        #expect(stage.arrive(.of(3, "b")) == ["queue 3 x/b", "start 3 x/b"])
        #expect(stage(.firstToken(1)) == [], "a may have gone for it")
        #expect(stage(.backend(Self.evicting(["a", "b"]))) == ["start 2 x/a"])
    }

    @Test func `a load that somebody else asked for is not aborted`() {
        var facts = Self.evicting([])
        facts.models[2].state = .loading
        var stage = Stage(facts)
        #expect(stage.arrive(.of(1, "b")) == ["queue 1 x/b"])
        #expect(stage.arrive(.of(2, "c")).contains("start 2 x/c loads"))
        #expect(stage.serve(2) == ["start 1 x/b loads"])
    }

    @Test func `a load of somebody else that never ends is not waited for for ever`() {
        var facts = Self.evicting([])
        facts.models[2].state = .loading
        var stage = Stage(facts)
        _ = stage.arrive(.of(1, "b") { $0.expiresAt = .max })
        #expect(stage.wakesAt == start + SchedulingLimits.foreignLoad)
        #expect(stage.after(SchedulingLimits.foreignLoad) == ["start 1 x/b loads"])
    }

    @Test func `a router with room loads beside what runs, and without room waits`() {
        var stage = Stage(Self.evicting(room: 2))
        _ = stage.arrive(.of(1, "a"))
        #expect(stage.arrive(.of(2, "b")) == ["start 2 x/b loads"])
        #expect(stage.arrive(.of(3, "c")) == ["queue 3 x/c"])
        #expect(stage.arrive(.of(4, "a")).contains("start 4 x/a"))
        for key in [1, 2] as [UInt64] { #expect(stage.serve(key) == []) }
        #expect(stage.serve(4) == ["start 3 x/c loads"])
    }

    @Test func `models that are loaded there beside those listed take places too`() {
        var facts = Self.evicting(room: 2)
        facts.othersLoaded = 1
        var stage = Stage(facts)
        _ = stage.arrive(.of(1, "a"))
        #expect(stage.arrive(.of(2, "b")) == ["queue 2 x/b"])
        facts.othersLoaded = 0
        #expect(stage(.backend(facts)) == ["start 2 x/b loads"])
    }

    @Test func `a router's least recently used model may be the one that generates`() {
        // The longest generation began first: the server would choose it, not the idle one.
        var stage = Stage(Self.evicting(["a", "b"], room: 2))
        _ = stage.arrive(.of(1, "a"))
        _ = stage.arrive(.of(2, "b"))
        _ = stage.serve(2)
        #expect(stage.arrive(.of(3, "c")) == ["queue 3 x/c"])
        #expect(stage.serve(1) == ["start 3 x/c loads"])
    }

    @Test func `one that waits for a load goes to the other server as soon as that is free`() {
        var other = BackendFacts.up("y", ["b"], max: 1)
        other.priority = 0
        var stage = Stage(Self.evicting(), other)
        _ = stage.arrive(.of(1, "a"))
        _ = stage.arrive(.of(2, "b"))
        #expect(stage.arrive(.of(3, "b")) == ["queue 3 y/b"])
        #expect(stage.serve(2) == ["start 3 y/b"])
    }

    @Test func `between two busy servers the one that is free first serves`() {
        var stage = Stage(.up("x"), .up("y"))
        _ = stage.arrive(.of(1))
        _ = stage.arrive(.of(2))
        let waits = stage.arrive(.of(3))
        #expect(waits.count == 1 && waits[0].hasPrefix("queue 3 "))
        let waitsAtFirst = waits[0].contains("x/")
        // The other one ends first: it takes over who waits.
        let served = stage.serve(waitsAtFirst ? 2 : 1)
        #expect(served == ["start 3 \(waitsAtFirst ? "y" : "x")/a"])
    }

    @Test func `requests for the loaded model go together, at most eight of them`() {
        var stage = Stage(Self.evicting(max: 1))
        _ = stage.arrive(.of(0, "a"))
        _ = stage.arrive(.of(50, "b"))
        for key in 1...20 as ClosedRange<UInt64> { _ = stage.arrive(.of(key, "a")) }
        let order = stage.serveAll([0])
        #expect(Array(order.prefix(9)) == [1, 2, 3, 4, 5, 6, 7, 8, 50])
        #expect(order.count == 21)
    }

    @Test func `three models in turn are served model by model and none is left out`() {
        var stage = Stage(Self.evicting(max: 1))
        for key in 0..<36 as Range<UInt64> {
            _ = stage.arrive(.of(key, ["a", "b", "c"][Int(key % 3)]))
        }
        let order = stage.serveAll([0]).map { $0 % 3 }
        let runs = order.reduce(into: [(UInt64, Int)]()) { runs, model in
            if runs.last?.0 == model {
                runs[runs.count - 1].1 += 1
            } else {
                runs.append((model, 1))
            }
        }
        #expect(runs.map(\.0) == [0, 1, 2, 0, 1, 2])
        #expect(runs.allSatisfy { $0.1 <= 9 })
    }

    @Test func `a batch request and another model are both overtaken eight times at most`() {
        var stage = Stage(Self.evicting(max: 1))
        _ = stage.arrive(.of(0, "a"))
        _ = stage.arrive(.of(50, "a") { $0.priority = .batch })
        _ = stage.arrive(.of(60, "b"))
        for key in 1...20 as ClosedRange<UInt64> { _ = stage.arrive(.of(key, "a")) }
        let order = stage.serveAll([0])
        #expect((order.firstIndex(of: 50) ?? 99) <= 8)
        #expect((order.firstIndex(of: 60) ?? 99) <= 8)
    }

    @Test func `when a look loses the models that run nothing else starts`() {
        var stage = Stage(Self.evicting(["a", "b"]))
        _ = stage.arrive(.of(1, "a"))
        _ = stage.arrive(.of(2, "b"))
        _ = stage(.backend(Self.evicting([])))
        #expect(stage.arrive(.of(3, "a")) == ["queue 3 x/a"])
        #expect(stage(.gone(2)) == ["start 3 x/a"])
    }

    @Test func `a load that is asked for throws out nothing that works`() {
        var stage = Stage(Self.evicting())
        _ = stage.arrive(.of(1, "a"))
        #expect(
            stage.arrive(
                .of(2, "b") {
                    $0.work = .load
                    $0.needs = .loading
                }) == ["queue 2 x/b"])
        #expect(stage.serve(1) == ["start 2 x/b loads"])
        #expect(stage.serve(2) == [])
        #expect(stage.arrive(.of(3, "b")) == ["start 3 x/b"])
    }

    @Test func `a model that is listed no more takes its place until a look says otherwise`() {
        var stage = Stage(
            .up("x", ["a", "b", "c"], max: 3) {
                $0.residency = .limited(2)
                for index in 0...2 { $0.models[index].state = .notLoaded }
            })
        #expect(stage.arrive(.of(1, "a")) == ["start 1 x/a loads"])
        _ = stage(
            .backend(
                .up("x", ["b", "c"], max: 3) {
                    $0.residency = .limited(2)
                    for index in 0...1 { $0.models[index].state = .notLoaded }
                }))
        _ = stage(.firstToken(1))
        #expect(stage.arrive(.of(2, "b")) == ["start 2 x/b loads"])
        _ = stage(.firstToken(2))
        #expect(stage.serve(1) == [])
        // The first is still loaded, and a third might throw out the one that works.
        #expect(stage.arrive(.of(3, "c")) == ["queue 3 x/c"])
        #expect(
            stage(
                .backend(
                    .up("x", ["b", "c"], max: 3) {
                        $0.residency = .limited(2)
                        $0.models[1].state = .notLoaded
                    })) == ["start 3 x/c loads"])
    }

    @Test func `an unload waits for what runs on its model and holds up no other`() {
        var stage = Stage(Self.evicting(["a", "b"]))
        _ = stage.arrive(.of(1, "a"))
        let unload = Ticket.of(2, "a") { $0.work = .unload }
        #expect(stage.arrive(unload) == ["queue 2 x/a"])
        #expect(stage.arrive(.of(3, "b")) == ["queue 3 x/b", "start 3 x/b"])
        #expect(stage.serve(1) == ["start 2 x/a"])
        #expect(stage.arrive(.of(4, "a")) == ["queue 4 x/a"])
        _ = stage.serve(3)
        #expect(stage.serve(2) == ["start 4 x/a loads"])
    }

    @Test func `a model's own number of parallel requests holds beside the backend's`() {
        var stage = Stage(.up("x", ["a", "b"], max: 4) { $0.models[0].parallel = 1 })
        _ = stage.arrive(.of(1, "a"))
        #expect(stage.arrive(.of(2, "a")) == ["queue 2 x/a"])
        #expect(stage.arrive(.of(3, "b")).last == "start 3 x/b")
        #expect(stage.serve(1) == ["start 2 x/a"])
    }
}
