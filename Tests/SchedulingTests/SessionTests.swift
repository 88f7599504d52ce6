import Scheduling
import Testing

/// A conversation's requests go where its prompt is still cached.
@Suite struct SessionTests {
    private static func llama(_ name: String = "x", slots: Int = 2) -> BackendFacts {
        .up(name, max: slots) {
            $0.assignsSlots = true
            $0.models[0].parallel = slots
        }
    }

    private static func turn(_ key: UInt64, _ session: String?) -> Ticket {
        .of(key) { $0.session = session }
    }

    @Test func `two conversations keep a slot each`() {
        var stage = Stage(Self.llama())
        #expect(stage.arrive(Self.turn(1, "p")) == ["start 1 x/a slot 0"])
        #expect(stage.arrive(Self.turn(2, "q")) == ["start 2 x/a slot 1"])
        _ = stage.serve(2)
        _ = stage.serve(1)
        for round in 1...4 as ClosedRange<UInt64> {
            _ = stage.after(second)
            #expect(stage.arrive(Self.turn(10 * round, "q")) == ["start \(10 * round) x/a slot 1"])
            _ = stage.serve(10 * round)
            let key = 10 * round + 1
            #expect(stage.arrive(Self.turn(key, "p")) == ["start \(key) x/a slot 0"])
            _ = stage.serve(key)
        }
    }

    @Test func `without conversations the server chooses, beside one nobody takes its slot`() {
        var stage = Stage(Self.llama())
        #expect(stage.arrive(Self.turn(1, nil)) == ["start 1 x/a"])
        _ = stage.serve(1)
        _ = stage.arrive(Self.turn(2, "p"))
        _ = stage.serve(2)
        for key in 3...6 as ClosedRange<UInt64> {
            #expect(stage.arrive(Self.turn(key, nil)) == ["start \(key) x/a slot 1"])
            _ = stage.serve(key)
        }
        #expect(stage.arrive(Self.turn(7, "p")) == ["start 7 x/a slot 0"])
        _ = stage.serve(7)
        _ = stage.after(SchedulingLimits.sessionMemory)
        #expect(stage.arrive(Self.turn(8, nil)) == ["start 8 x/a"], "it is forgotten")
    }

    @Test func `a busy slot is not waited for`() {
        var stage = Stage(Self.llama())
        _ = stage.arrive(Self.turn(1, "p"))
        #expect(stage.arrive(Self.turn(2, "p")) == ["start 2 x/a slot 1"])
    }

    @Test func `a conversation returns to its replica, where that is no reason to wait`() {
        var stage = Stage(.up("x"), .up("y"))
        _ = stage.arrive(.of(1))
        #expect(stage.arrive(Self.turn(2, "p")) == ["start 2 y/a"])
        _ = stage.after(second)
        _ = stage(.firstToken(2))
        _ = stage.after(9 * second)
        _ = stage.serve(2)
        _ = stage.serve(1)
        #expect(stage.arrive(Self.turn(3, "p")) == ["start 3 y/a"])
        #expect(stage.arrive(Self.turn(4, "p")) == ["start 4 x/a"], "y is busy for ten seconds")
        let stranger = Ticket.of(5) {
            $0.session = "p"
            $0.caller.uid = 7
        }
        _ = stage.serve(3)
        _ = stage.serve(4)
        #expect(stage.arrive(stranger) == ["start 5 x/a"], "another user's name is another's")
    }

    @Test func `the oldest of more than a thousand conversations is forgotten`() {
        var stage = Stage(.up("x", max: 9), .up("y", max: 9))
        _ = stage.arrive(.of(1))
        _ = stage.arrive(Self.turn(2, "p"))
        _ = stage.serve(1)
        _ = stage.serve(2)
        func home(_ key: UInt64) -> String {
            let lines = stage.arrive(Self.turn(key, "p"))
            _ = stage(.gone(key))
            return lines[0]
        }
        let most = UInt64(SchedulingLimits.sessionsMax)
        for number in 1..<most {
            _ = stage.after(1)
            _ = stage.arrive(Self.turn(100 + number, "other \(number)") { $0.backend = "x" })
            _ = stage.serve(100 + number)
        }
        #expect(home(3) == "start 3 y/a")
        _ = stage.after(1)
        _ = stage.arrive(Self.turn(5000, "one more") { $0.backend = "x" })
        _ = stage.serve(5000)
        #expect(home(4) == "start 4 x/a")
    }

    private static func turn(
        _ key: UInt64, _ session: String, _ change: (inout Ticket) -> Void
    ) -> Ticket {
        .of(key) {
            $0.session = session
            $0.expiresAt = .max
            change(&$0)
        }
    }
}
