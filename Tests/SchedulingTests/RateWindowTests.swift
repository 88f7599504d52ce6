import Testing

@testable import Scheduling

@Suite struct RateWindowTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `the wait told is exactly when the window opens for that position`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let limit = Int.random(in: 1...6, using: &random)
        var window = RateWindow(limit: limit)
        var now = start
        for _ in 0..<100 {
            now += UInt64.random(in: 0...40 * second, using: &random)
            var later = window
            var time = now
            for position in 1...2 * limit + 1 {
                time = max(time, now + window.wait(position: position, now: now))
                #expect(later.isOpen(now: time))
                if time > now { #expect(!later.isOpen(now: time - 1)) }
                later.started(now: time)
            }
            if window.isOpen(now: now) { window.started(now: now) }
        }
    }

    @Test func `without a limit the window is always open and remembers nothing`() {
        var window = RateWindow(limit: nil)
        for _ in 0..<1_000 { window.started(now: start) }
        #expect(window.isOpen(now: start))
        #expect(window.wait(position: 1_000, now: start) == 0)
    }
}
