import Glibc
import Kernel
import TestSupport
import Testing

/// What the loop tells of descriptors, and when it does what was left for later.
@Suite(.tidy) struct EventLoopTests {
    @Test func `what is not dealt with is told again`() throws {
        let loop = try EventLoop.ofTest()
        let pair = SocketPair()
        let handler = Handler()
        try loop.watch(pair.near, for: .readable, handler)
        pair.write("x")
        #expect(loop.run { handler.count == 3 })
        #expect(handler.last.has(.readable))
        #expect(!handler.last.has(.writable))
    }

    @Test func `what is asked for can be changed`() throws {
        let loop = try EventLoop.ofTest()
        let pair = SocketPair()
        let handler = Handler()
        try loop.watch(pair.near, for: .nothing, handler)
        pair.write("x")
        loop.runTurns()
        #expect(handler.count == 0)
        loop.change(pair.near, to: .writable)
        #expect(loop.run { handler.count > 0 })
        #expect(!handler.last.has(.readable))
        loop.change(pair.near, to: .readable.with(.writable))
        loop.runTurns(1)
        #expect(handler.last.has(.readable) && handler.last.has(.writable))
    }

    @Test func `the end of the other side is told though nothing was asked for`() throws {
        let loop = try EventLoop.ofTest()
        let pair = SocketPair()
        let handler = Handler { _ in loop.forget(pair.near) }
        try loop.watch(pair.near, for: .nothing, handler)
        shutdown(pair.far, Int32(SHUT_RDWR))
        #expect(loop.run { handler.count > 0 })
        #expect(handler.last.has(.hungUp))
    }

    @Test func `a handler that forgets itself hears nothing more, and is let go`() throws {
        let loop = try EventLoop.ofTest()
        let pair = SocketPair()
        weak var alive: Handler?
        do {
            let handler = Handler { _ in
                loop.forget(pair.near)
                loop.forget(pair.near)
            }
            alive = handler
            try loop.watch(pair.near, for: .readable, handler)
        }
        #expect(alive != nil)
        pair.write("x")
        #expect(loop.run { alive == nil })
        let next = Handler()
        try loop.watch(pair.near, for: .readable, next)
        #expect(loop.run { next.count > 0 })
    }

    @Test func `a handler can forget another one that is ready too`() throws {
        let loop = try EventLoop.ofTest()
        let pairs = [SocketPair(), SocketPair()]
        var count = 0
        for index in 0..<2 {
            let handler = Handler { _ in
                count += 1
                loop.forget(pairs[1 - index].near)
            }
            try loop.watch(pairs[index].near, for: .readable, handler)
            pairs[index].write("x")
        }
        loop.runTurns(1)
        #expect(count == 1)
    }

    @Test func `a closed descriptor's event does not reach the next owner of its number`() throws {
        let loop = try EventLoop.ofTest()
        let pairs = [SocketPair(), SocketPair()]
        let fresh = SocketPair()
        let heir = Handler()
        var count = 0
        for index in 0..<2 {
            let handler = Handler { _ in
                count += 1
                // Both are in this batch: whoever comes first closes the other's descriptor, and a
                // new one gets its number. (As one step, so that no other test gets it.)
                let number = pairs[1 - index].near
                loop.forget(number)
                precondition(dup2(fresh.near, number) == number)
                try? loop.watch(number, for: .readable, heir)
                loop.forget(pairs[index].near)
            }
            try loop.watch(pairs[index].near, for: .readable, handler)
            pairs[index].write("x")
        }
        loop.runTurns()
        #expect(count == 1)
        #expect(heir.count == 0)
        fresh.write("x")
        #expect(loop.run { heir.count > 0 })
    }

    @Test func `a descriptor cannot be watched twice, nor one that is closed`() throws {
        let loop = try EventLoop.ofTest()
        let pair = SocketPair()
        try loop.watch(pair.near, for: .readable, Handler())
        #expect(throws: Errno(code: EEXIST)) {
            try loop.watch(pair.near, for: .readable, Handler())
        }
        #expect(throws: Errno(code: EBADF)) {
            try loop.watch(1_000_000, for: .readable, Handler())
        }
    }

    @Test func `work for the end of a turn is done once, after all that is ready`() throws {
        let loop = try EventLoop.ofTest()
        let pairs = [SocketPair(), SocketPair()]
        var order: [String] = []
        let work = Work { order.append("work") }
        for pair in pairs {
            let handler = Handler { _ in
                if order.isEmpty { loop.atEndOfTurn(work) }
                order.append("ready")
                loop.forget(pair.near)
            }
            try loop.watch(pair.near, for: .readable, handler)
            pair.write("x")
        }
        let timer = Timer { order.append("timer") }
        loop.set(timer, after: 0)
        loop.runTurns()
        #expect(order == ["ready", "ready", "timer", "work"])
        #expect(work.count == 1)
    }

    @Test func `work that leaves work does not keep the loop from its next turn`() throws {
        let loop = try EventLoop.ofTest()
        var turns = 0
        var again: (() -> Void)?
        let work = Work { again?() }
        again = { loop.atEndOfTurn(work) }
        loop.atEndOfTurn(work)
        #expect(
            loop.run {
                turns += 1
                return turns >= 10
            })
        #expect(work.count >= 10)
        again = nil
    }

    @Test func `work that waits keeps the loop from waiting`() throws {
        let loop = try EventLoop.ofTest()
        let work = Work()
        loop.atEndOfTurn(work)
        #expect(loop.run { work.count == 1 })
    }

    @Test func `who goes on in the next turn comes after what is ready, once`() throws {
        let loop = try EventLoop.ofTest()
        let pair = SocketPair()
        var order: [String] = []
        let later = Work { order.append("later") }
        let handler = Handler { _ in
            order.append("ready")
            if order.count == 1 { loop.inNextTurn(later) }
            if order.count > 2 { loop.forget(pair.near) }
        }
        try loop.watch(pair.near, for: .readable, handler)
        pair.write("x")
        loop.runTurns()
        #expect(order == ["ready", "ready", "later", "ready"])
    }

    @Test func `a loop can run again after it was stopped`() throws {
        let loop = try EventLoop.ofTest()
        var count = 0
        let timer = Timer {
            count += 1
            loop.stop()
        }
        for _ in 0..<3 {
            loop.set(timer, after: 0)
            try loop.run()
        }
        #expect(count == 3)
    }

    /// Hangs on a loop in every way, and takes itself off when it goes.
    private final class Guest: EventHandler, TurnWork, Continuation {
        let loop: EventLoop
        let number: Int32
        let timer: Timer

        init(_ loop: EventLoop, _ number: Int32) throws {
            self.loop = loop
            self.number = number
            timer = Timer {}
            try loop.watch(number, for: .readable, self)
            loop.atEndOfTurn(self)
            loop.inNextTurn(self)
            loop.turnEnded = { [self] _ in withExtendedLifetime(self) {} }
            loop.set(timer, after: 1_000_000_000)
        }

        deinit {
            loop.forget(number)
            loop.cancel(timer)
        }

        func ready(_ events: ReadyEvents) {}
        func endOfTurn() {}
        func continueTurn() {}
    }

    @Test func `a loop that is closed lets go of whoever hung on it, and they of it`() throws {
        let pairs = (0..<3).map { _ in SocketPair() }
        weak var alive: EventLoop?
        var timers: [Timer] = []
        do {
            let loop = try EventLoop()
            alive = loop
            for pair in pairs { timers.append(try Guest(loop, pair.near).timer) }
            #expect(loop.watched == 3 && timers.allSatisfy(\.isSet))
            loop.close()
            #expect(loop.watched == 0 && !timers.contains(where: \.isSet))
        }
        #expect(alive == nil)
    }

    @Test func `a read shows what came, then the end, then that nothing is there`() throws {
        let loop = try EventLoop.ofTest()
        let pair = SocketPair()
        var text: String?
        func read() throws(Errno) {
            try loop.read(pair.near) { bytes in
                text = String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
            }
        }
        #expect(throws: Errno.wouldBlock) { try read() }
        pair.write("abc")
        try read()
        #expect(text == "abc")
        #expect(throws: Errno.wouldBlock) { try read() }
        shutdown(pair.far, Int32(SHUT_WR))
        try read()
        #expect(text == "")
    }

    @Test func `reads within a read do not meet each other`() throws {
        let loop = try EventLoop.ofTest()
        let outer = SocketPair()
        let inner = SocketPair()
        outer.write("outer")
        inner.write("inner")
        var texts: [String] = []
        func text(_ bytes: Span<UInt8>) -> String {
            String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
        }
        try loop.read(outer.near) { bytes in
            try? loop.read(inner.near) { texts.append(text($0)) }
            texts.append(text(bytes))
        }
        #expect(texts == ["inner", "outer"])
    }
}
