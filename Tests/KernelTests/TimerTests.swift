import Kernel
import TestSupport
import Testing

/// Timers, through the loop that they belong to.
@Suite(.tidy) struct TimerTests {
    /// Timers that note their names in the order in which they fire.
    private final class Tape {
        let loop: EventLoop
        var names: [Int] = []
        var timers: [Timer] = []

        init(_ loop: EventLoop, count: Int) {
            self.loop = loop
            for name in 0..<count {
                timers.append(Timer { [unowned self] in names.append(name) })
            }
        }

        /// Lets all that is due before `loop.now` plus so many nanoseconds fire.
        func play(until nanoseconds: UInt64) -> Bool {
            var isOver = false
            let last = Timer { isOver = true }
            loop.set(last, after: nanoseconds)
            return loop.run { isOver }
        }
    }

    @Test(arguments: [
        [0], [1, 0], [0, 1, 2, 3], [3, 2, 1, 0], [5, 3, 8, 1, 9, 2, 7, 0, 6, 4],
    ])
    func `timers fire in the order of their moments, however they were set`(
        order: [Int]
    ) throws {
        let tape = Tape(try EventLoop.ofTest(), count: order.count)
        for name in order { tape.loop.set(tape.timers[name], after: UInt64(name) * 1000) }
        #expect(tape.timers.allSatisfy { $0.isSet })
        #expect(tape.play(until: 1_000_000))
        #expect(tape.names == Array(0..<order.count))
        #expect(!tape.timers.contains { $0.isSet })
    }

    @Test func `a thousand timers, a third cancelled and a third set anew, fire in order`() throws {
        var random = SystemRandomNumberGenerator()
        let tape = Tape(try EventLoop.ofTest(), count: 1000)
        let start = tape.loop.now
        var moments = (0..<1000).map { _ in start + UInt64.random(in: 0..<500_000, using: &random) }
        for name in 0..<1000 { tape.loop.set(tape.timers[name], at: moments[name]) }
        for name in stride(from: 0, to: 1000, by: 3) {
            tape.loop.cancel(tape.timers[name])
            tape.loop.cancel(tape.timers[name])
            moments[name + 1 < 1000 ? name + 1 : name] =
                start + UInt64.random(in: 0..<500_000, using: &random)
            if name + 1 < 1000 { tape.loop.set(tape.timers[name + 1], at: moments[name + 1]) }
        }
        #expect(tape.play(until: 1_000_000))
        let expected = (0..<1000).filter { $0 % 3 != 0 }
        #expect(tape.names.sorted() == expected)
        #expect(zip(tape.names, tape.names.dropFirst()).allSatisfy { moments[$0] <= moments[$1] })
    }

    @Test func `a timer that is set anew fires once, at its last moment`() throws {
        let tape = Tape(try EventLoop.ofTest(), count: 2)
        tape.loop.set(tape.timers[0], after: 1000)
        tape.loop.set(tape.timers[1], after: 2000)
        tape.loop.set(tape.timers[0], after: 3000)
        #expect(tape.timers[0].deadline == tape.loop.now + 3000)
        #expect(tape.play(until: 1_000_000))
        #expect(tape.names == [1, 0])
    }

    @Test func `of many that are due at once some wait for the next turn`() throws {
        let loop = try EventLoop.ofTest()
        var (fired, before, most) = (0, 0, 0)
        let timers = (0..<40).map { _ in
            Timer {
                fired += 1
                let end = Clock.monotonic() + 1_000_000
                while Clock.monotonic() < end {}
            }
        }
        for timer in timers { loop.set(timer, after: 0) }
        let areOver = loop.run {
            most = max(most, fired - before)
            before = fired
            return fired == timers.count
        }
        #expect(areOver)
        #expect(most <= 11, "a turn has 10 ms, and each takes one")
    }

    @Test func `a timer that is not set can be cancelled`() throws {
        let tape = Tape(try EventLoop.ofTest(), count: 1)
        tape.loop.cancel(tape.timers[0])
        #expect(tape.play(until: 0))
        tape.loop.set(tape.timers[0], after: 0)
        #expect(tape.play(until: 1000))
        tape.loop.cancel(tape.timers[0])
        #expect(tape.names == [0])
    }

    @Test func `a timer can cancel one that is due with it`() throws {
        let loop = try EventLoop.ofTest()
        let tape = Tape(loop, count: 1)
        let first = Timer { loop.cancel(tape.timers[0]) }
        loop.set(first, at: loop.now)
        loop.set(tape.timers[0], at: loop.now + 1)
        #expect(tape.play(until: 1000))
        #expect(tape.names.isEmpty)
    }

    @Test func `a timer that sets itself fires again, and the loop gets its turns`() throws {
        let loop = try EventLoop.ofTest()
        var fired = 0
        var turns: Set<UInt64> = []
        var again: (() -> Void)?
        let timer = Timer { again?() }
        again = {
            fired += 1
            turns.insert(loop.now)
            // At once, which must not keep the loop from everything else.
            loop.set(timer, after: 0)
        }
        loop.set(timer, after: 0)
        #expect(loop.run { fired >= 3 })
        #expect(turns.count == fired)
        again = nil
    }

    @Test func `a timer that is set in a timer fires when it is due`() throws {
        let loop = try EventLoop.ofTest()
        let tape = Tape(loop, count: 2)
        let setter = Timer { loop.set(tape.timers[0], after: 1000) }
        loop.set(setter, after: 0)
        loop.set(tape.timers[1], after: 50_000_000)
        #expect(loop.run { tape.names.count == 2 })
        #expect(tape.names == [0, 1])
    }

    @Test func `a moment that is set while the loop waits for a later one is kept`() throws {
        let loop = try EventLoop.ofTest()
        let pair = SocketPair()
        var fired: [String] = []
        let (late, soon) = (Timer { fired.append("late") }, Timer { fired.append("soon") })
        let handler = Handler { _ in
            loop.forget(pair.near)
            loop.set(soon, after: 2_000_000)
        }
        try loop.watch(pair.near, for: .readable, handler)
        loop.set(late, after: 3_600_000_000_000)
        loop.runTurns(1)
        pair.write("x")
        #expect(loop.run { !fired.isEmpty })
        #expect(fired == ["soon"])
        loop.cancel(late)
    }

    @Test func `a timer whose earlier moment was given up fires at its later one`() throws {
        let loop = try EventLoop.ofTest()
        var fired = 0
        let timer = Timer { fired += 1 }
        let witness = Timer {}
        loop.set(timer, after: 1_000_000)
        loop.runTurns(1)
        loop.cancel(timer)
        loop.set(timer, after: 5_000_000)
        let due = loop.now + 5_000_000
        loop.set(witness, after: 1_000_000)
        #expect(loop.run { fired > 0 })
        #expect(fired == 1 && loop.now >= due && !witness.isSet)
    }

    @Test func `a moment that never comes does not keep the loop awake`() throws {
        let loop = try EventLoop.ofTest()
        let timer = Timer {}
        loop.set(timer, at: .max - 5)
        let tape = Tape(loop, count: 0)
        #expect(tape.play(until: 1_000_000))
        #expect(timer.isSet)
        loop.cancel(timer)
    }
}
