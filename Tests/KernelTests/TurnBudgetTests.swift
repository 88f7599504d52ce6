import Kernel
import TestSupport
import Testing

/// How a turn's time is shared.
@Suite(.tidy) struct TurnBudgetTests {
    /// Works until its budget is spent, again and again; how often it was let.
    private final class Taker: Continuation {
        private(set) var turns = 0
        private let loop: EventLoop

        init(_ loop: EventLoop) {
            self.loop = loop
            loop.inNextTurn(self)
        }

        func continueTurn() {
            turns += 1
            var budget = TurnBudget()
            while budget.spend(TurnBudget.bytesPerLook, of: loop) {}
            loop.inNextTurn(self)
        }
    }

    @Test func `little work needs no look at the clock, and much work ends`() throws {
        let loop = try EventLoop.ofTest()
        var budget = TurnBudget()
        for _ in 0..<7 {
            let goesOn = budget.spend(512, of: loop)
            #expect(goesOn)
        }
        let began = Clock.monotonic()
        while budget.spend(512, of: loop) {}
        #expect(Clock.monotonic() - began >= TurnBudget.shareMin)
    }

    @Test func `all who have much to do get the same, and every turn ends`() throws {
        let loop = try EventLoop.ofTest()
        let takers = (0..<30).map { _ in Taker(loop) }
        for _ in 0..<60 { loop.runTurns(1) }
        let turns = takers.map(\.turns)
        #expect(turns.max()! - turns.min()! <= 1, "\(turns)")
        #expect(turns.min()! >= 1)
    }
}
