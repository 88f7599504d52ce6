import Kernel
import TestSupport
import Testing

/// Large arrays that are let go of.
@Suite struct LeftoversTests {
    private final class Counted {
        let gone: () -> Void
        init(_ gone: @escaping () -> Void) { self.gone = gone }
        deinit { gone() }
    }

    @Test func `a large array is freed in turns, a small one at once`() throws {
        let loop = try EventLoop()
        var gone = 0
        loop.leftovers.take((0..<100).map { _ in Counted { gone += 1 } })
        #expect(gone == 100 && loop.leftovers.isEmpty)
        loop.leftovers.take((0..<50_000).map { _ in Counted { gone += 1 } })
        loop.leftovers.take((0..<2_000).map { _ in Counted { gone += 1 } })
        #expect(gone == 100 && !loop.leftovers.isEmpty)
        #expect(loop.run { loop.leftovers.isEmpty })
        #expect(gone == 52_100)
    }
}
