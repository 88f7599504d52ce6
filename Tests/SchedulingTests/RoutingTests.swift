import Scheduling
import Testing

/// Which backend and which model, and why no other.
@Suite struct RoutingTests {
    @Test func `loaded goes before priority, priority before the order of the configuration`() {
        var stage = Stage(
            .up("x", max: 9) { $0.models[0].state = .notLoaded },
            .up("y", max: 9) { $0.priority = 2 }, .up("z", max: 9) { $0.priority = 1 })
        #expect(stage.arrive(.of(1)) == ["start 1 z/a"])
        _ = stage(.backend(.up("z") { $0.state = .down }))
        #expect(stage.arrive(.of(2)) == ["start 2 y/a"])
        _ = stage(.backend(.up("y") { $0.state = .down }))
        #expect(stage.arrive(.of(3)) == ["start 3 x/a loads"])
    }

    @Test func `of equals the less crowded one serves, and an idle one takes over`() {
        var stage = Stage(.up("x", max: 2), .up("y", max: 2))
        #expect(stage.arrive(.of(1)) == ["start 1 x/a"])
        #expect(stage.arrive(.of(2)) == ["start 2 y/a"])
        #expect(stage.arrive(.of(3)) == ["start 3 x/a"])
        #expect(stage.arrive(.of(4)) == ["start 4 y/a"])
        #expect(stage.arrive(.of(5)) == ["queue 5 x/a"])
        #expect(stage.serve(4) == ["start 5 y/a"])
    }

    @Test func `an idle one takes over whom it can serve, whoever stands before`() {
        var stage = Stage(.up("x", ["a", "b"]), .up("y"))
        _ = stage.arrive(.of(1) { $0.backend = "x" })
        _ = stage.arrive(.of(2) { $0.backend = "y" })
        // One of another model, and one that is meant for x alone, wait before one that is not.
        _ = stage.arrive(.of(3, "b"))
        _ = stage.arrive(.of(4) { $0.backend = "x" })
        for key in 7...9 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key) { $0.backend = "y" })
        }
        _ = stage.arrive(.of(6))
        #expect(stage.scheduler.order(on: "x", now: stage.now) == [3, 4, 6])
        for key in 7...9 as ClosedRange<UInt64> { _ = stage(.gone(key)) }
        #expect(stage.serve(2) == ["start 6 y/a"])
    }

    @Test func `one that fails at once is idle, and attracts nothing by that`() {
        var stage = Stage(.up("x", max: 8), .up("y", max: 8))
        for key in 1...4 as ClosedRange<UInt64> {
            _ = stage.arrive(.of(key) { $0.backend = "y" })
        }
        #expect(stage.arrive(.of(5)) == ["start 5 x/a"], "of equals the less crowded")
        #expect(stage.fail(5, .crash) == ["start 5 y/a attempt 2"])
        for key in 6...8 as ClosedRange<UInt64> {
            #expect(stage.arrive(.of(key)) == ["start \(key) y/a"])
        }
        // Once it has served somebody it is as good as the other again.
        #expect(stage.arrive(.of(9) { $0.backend = "x" }) == ["start 9 x/a"])
        _ = stage.serve(9)
        #expect(stage.arrive(.of(10)) == ["start 10 x/a"])
    }

    @Test func `of equals the one that others keep less busy serves`() {
        var stage = Stage(.up("x", max: 9) { $0.othersRunning = 3 }, .up("y", max: 9))
        #expect(stage.arrive(.of(1)) == ["start 1 y/a"])
        _ = stage(.backend(.up("x", max: 9)))
        _ = stage(.backend(.up("y", max: 9) { $0.othersWaiting = 1 }))
        #expect(stage.arrive(.of(2)) == ["start 2 x/a"])
        #expect(stage.arrive(.of(3)) == ["start 3 x/a"], "who waits there would be served first")
        // Only what is known of a server counts, and what its owner prefers counts more.
        _ = stage(.backend(.up("x", max: 9) { $0.priority = 1 }))
        #expect(stage.arrive(.of(4)) == ["start 4 y/a"])
    }

    @Test func `a named backend and what a model cannot do narrow the choice`() {
        var stage = Stage(
            .up("x", max: 9) { $0.models[0].cannot = .vision }, .up("y", max: 9))
        #expect(stage.arrive(.of(1) { $0.needs = [.chat, .vision] }) == ["start 1 y/a"])
        #expect(
            stage.arrive(
                .of(2) {
                    $0.needs = [.chat, .vision]
                    $0.backend = "x"
                })[0].hasPrefix("refuse 2 unsupported(backend: \"x\", model: \"a\""))
        #expect(stage.arrive(.of(3) { $0.backend = "w" }) == ["refuse 3 unknownBackend(\"w\")"])
        #expect(stage.arrive(.of(4, "q")) == ["refuse 4 unknownModel(\"q\")"])
    }

    @Test func `without any backend there is none, and with all down that is said`() {
        var stage = Stage()
        #expect(stage.arrive(.of(1)) == ["refuse 1 noBackend"])
        _ = stage(.backend(.up("x") { $0.state = .down }))
        let unavailable = "unavailable(backend: \"x\", retryAfter: nil)"
        #expect(stage.arrive(.of(2)) == ["refuse 2 \(unavailable)"])
        #expect(stage.arrive(.of(3, "q")) == ["refuse 3 \(unavailable)"])
        #expect(stage.arrive(.of(4, nil)) == ["refuse 4 \(unavailable)"])
        _ = stage(.backend(.up("y", ["b"])))
        #expect(stage.arrive(.of(5)) == ["refuse 5 \(unavailable)"], "it was last seen there")
        #expect(stage.arrive(.of(6, "q")) == ["refuse 6 unknownModel(\"q\")"])
    }

    @Test func `a fallback serves where the first name cannot`() {
        var stage = Stage(.up("x", ["big"]) { $0.state = .down }, .up("y", ["small"]))
        #expect(
            stage.arrive(.of(1, "big") { $0.fallbacks = ["small"] }) == ["start 1 y/small"])
    }

    @Test func `a name without a tag finds the latest`() {
        var stage = Stage(.up("x", ["llama3.2:latest"]))
        #expect(stage.arrive(.of(1, "llama3.2")) == ["start 1 x/llama3.2:latest"])
    }

    // MARK: No model named

    @Test
    func `without a model the only loaded one serves, then who served this user, then anybody`() {
        var stage = Stage(.up("x", ["a", "b", "c"], max: 9) { $0.models[0].state = .notLoaded })
        #expect(stage.arrive(.of(1, nil)) == ["start 1 x/b"], "the first")
        _ = stage.arrive(.of(2, "c"))
        _ = stage.serve(2)
        #expect(stage.arrive(.of(3, nil)) == ["start 3 x/c"], "what served this user last")
        let other = Ticket.of(4, nil) { $0.caller.uid = 7 }
        #expect(stage.arrive(other) == ["start 4 x/c"], "what served anybody last")
        _ = stage.arrive(.of(5, "b") { $0.caller.uid = 7 })
        _ = stage.serve(5)
        #expect(stage.arrive(.of(6, nil)) == ["start 6 x/c"])
        _ = stage(.defaultModel(["a", "b"]))
        #expect(stage.arrive(.of(7, nil)) == ["start 7 x/a loads"], "the default")
    }

    @Test func `without a model the only chat model is loaded, else the choices are named`() {
        func facts(_ names: [String]) -> BackendFacts {
            .up("x", names, max: 9) { facts in
                for index in facts.models.indices { facts.models[index].state = .notLoaded }
            }
        }
        var stage = Stage(facts(["a"]))
        #expect(stage.arrive(.of(1, nil)) == ["start 1 x/a loads"])
        stage = Stage(facts(["a", "b"]))
        #expect(stage.arrive(.of(2, nil)) == ["refuse 2 noChoice([\"a\", \"b\"])"])
    }

    @Test func `what runs elsewhere is served where it is named and never chosen`() {
        var stage = Stage(.up("x", ["cloud"], max: 9) { $0.models[0].isRemote = true })
        #expect(stage.arrive(.of(1, nil)) == ["refuse 1 noChoice([\"cloud\"])"])
        #expect(stage.arrive(.of(2, "cloud")) == ["start 2 x/cloud"])
    }

    @Test func `an embedding without a model goes to the only embeddings model`() {
        var stage = Stage(
            .up("x", ["a", "e"], max: 9) {
                $0.models[0].cannot = .rerank
                $0.models[1].can = .embeddings
                $0.models[1].cannot = [.chat, .rerank]
            })
        #expect(stage.arrive(.of(1, nil) { $0.needs = .embeddings }) == ["start 1 x/e"])
        #expect(
            stage.arrive(.of(2, nil) { $0.needs = .rerank }) == ["refuse 2 noChoice([])"])
    }

    /// A llama.cpp that was started for embeddings lists its model as any other does.
    @Test(arguments: [Abilities.embeddings, .rerank])
    func `where no model is meant for it the only one that may be able to is taken`(
        _ ability: Abilities
    ) {
        var stage = Stage(
            .up("studio", ["a", "cloud"], max: 9) {
                $0.models[0].cannot = ability
                $0.models[1].isRemote = true
            },
            .up("x", ["b"], max: 9), .up("y", ["b"], max: 9))
        #expect(stage.arrive(.of(1, nil) { $0.needs = ability }) == ["start 1 x/b"])
        _ = stage(.backend(.up("z", ["c"], max: 9)))
        #expect(
            stage.arrive(.of(2, nil) { $0.needs = ability })
                == ["refuse 2 noChoice([\"b\", \"c\"])"])
    }

    // MARK: Explained

    @Test func `the explanation's first candidate is where the request goes, with the reasons`() {
        var stage = Stage(
            .up("w") { $0.state = .down }, .up("x", max: 2) { $0.models[0].contextLength = 10 },
            .up("y", max: 2) { $0.models[0].cannot = .tools }, .up("z", max: 2))
        let ticket = Ticket.of(1) {
            $0.needs = [.chat, .tools]
            $0.contextTokens = 100
        }
        let explained = stage.scheduler.explain(ticket, now: stage.now)
        #expect(explained.refusal == nil)
        #expect(explained.candidates.map(\.backend) == ["z", "w", "x", "y"])
        #expect(
            explained.candidates.map { $0.forbidden.map(\.by) } == [
                [], ["state"], ["context"], ["capability"],
            ])
        #expect(stage.arrive(ticket) == ["start 1 z/a"])
        let nothing = stage.scheduler.explain(.of(2, "q"), now: stage.now)
        #expect(nothing.candidates.isEmpty)
        #expect(nothing.refusal == .unknownModel("q"))
    }
}
