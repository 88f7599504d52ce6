package import Kernel

extension EventLoop {
    /// How long a test waits for one thing, in nanoseconds; far enough away for a busy machine.
    private static let patience: UInt64 = 30_000_000_000

    /// Runs until `isDone` holds at the end of a turn; false if it did not come to that in time.
    package func run(until isDone: @escaping () -> Bool) -> Bool {
        let nudge = Nudge(self, times: 1)
        let expiry = Timer { [unowned self] in stop() }
        set(expiry, at: Clock.monotonic() + UInt64(Double(Self.patience) * Patience.factor))
        turnEnded = { [unowned self] _ in if isDone() { stop() } }
        defer {
            turnEnded = nil
            cancel(expiry)
        }
        // The first turn ends at once: what is so already need not wait for anything.
        inNextTurn(nudge)
        return (try? run()) != nil && isDone()
    }

    /// Runs so many turns that wait for nothing: whatever is ready, and what follows from it,
    /// happens. On the loopback interface that is all that will.
    package func runTurns(_ count: Int = 25) {
        var left = count
        let nudge = Nudge(self, times: count)
        turnEnded = { [unowned self] _ in
            left -= 1
            if left == 0 { stop() }
        }
        inNextTurn(nudge)
        _ = try? run()
        turnEnded = nil
    }
}

/// Keeps the loop from waiting for so many turns.
private final class Nudge: Continuation {
    private unowned let loop: EventLoop
    private var left: Int

    init(_ loop: EventLoop, times: Int) {
        self.loop = loop
        left = times
    }

    func continueTurn() {
        left -= 1
        if left > 0 { loop.inNextTurn(self) }
    }
}
