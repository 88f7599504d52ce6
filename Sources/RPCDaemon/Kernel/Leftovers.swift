/// Large arrays that nobody needs any more, freed over as many turns as it takes: a hundred
/// thousand names, let go of at once, would hold the loop for longer than a turn.
///
/// One a loop, which goes on with it in its turns.
package final class Leftovers: Continuation {
    /// Elements of an array that is freed where it is let go of: some 50 µs.
    private static let smallMax = 1024
    /// Elements that are freed between two looks at the budget, and what that is in bytes of work.
    private static let step = 64
    private static let stepBytes = 2048

    private unowned let loop: EventLoop
    private var piles: [any Pile] = []

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    /// Whether anything is still to be freed.
    package var isEmpty: Bool { piles.isEmpty }

    /// Takes an array whose owner lets go of it; who else holds it pays for a copy.
    package func take<Element>(_ array: [Element]) {
        if array.count <= Self.smallMax { return }
        piles.append(ArrayPile(array))
        if piles.count == 1 { loop.inNextTurn(self) }
    }

    package func continueTurn() {
        var budget = TurnBudget()
        while let pile = piles.last {
            if pile.shrink(by: Self.step) { piles.removeLast() }
            if !budget.spend(Self.stepBytes, of: loop) { break }
        }
        if !piles.isEmpty { loop.inNextTurn(self) }
    }
}

private protocol Pile: AnyObject {
    /// Frees so many elements; whether they were the last.
    func shrink(by count: Int) -> Bool
}

private final class ArrayPile<Element>: Pile {
    private var array: [Element]

    init(_ array: [Element]) {
        self.array = array
    }

    func shrink(by count: Int) -> Bool {
        array.removeLast(min(count, array.count))
        return array.isEmpty
    }
}
