import Glibc
import Kernel
import TestSupport
import Testing

/// Stream sockets, of which the kernel tells by edge: their handlers hear what others hear.
@Suite(.tidy) struct StreamWatchTests {
    /// A handler on the near end that reads as the daemon does, and notes how much came.
    private final class Reader: EventHandler {
        let loop: EventLoop
        let pair = SocketPair()
        private(set) var pieces: [Int] = []
        private(set) var last = ReadyEvents.nothing
        /// How many times it is told before it reads.
        var patience = 0

        init(_ loop: EventLoop) throws {
            self.loop = loop
            try loop.watch(pair.near, for: .readable.with(.readClosed), isStream: true, self)
        }

        func ready(_ events: ReadyEvents) {
            last = events
            patience -= 1
            if patience >= 0 { return pieces.append(-1) }
            try? loop.read(pair.near) { pieces.append($0.count) }
            if pieces.last == 0 { loop.forget(pair.near) }
        }
    }

    @Test func `what was read is not told again, and what comes later is`() throws {
        let loop = try EventLoop.ofTest()
        let reader = try Reader(loop)
        reader.pair.write("abc")
        loop.runTurns()
        #expect(reader.pieces == [3])
        reader.pair.write("defg")
        loop.runTurns()
        #expect(reader.pieces == [3, 4])
    }

    @Test func `what nobody has read is told again`() throws {
        let loop = try EventLoop.ofTest()
        let reader = try Reader(loop)
        reader.patience = 3
        reader.pair.write("abc")
        #expect(loop.run { reader.pieces.count == 4 })
        #expect(reader.pieces == [-1, -1, -1, 3])
    }

    @Test func `what one read leaves is told again`() throws {
        let loop = try EventLoop.ofTest()
        let reader = try Reader(loop)
        let count = EventLoop.scratchBytes + 100
        reader.pair.write(String(repeating: "x", count: count))
        #expect(loop.run { reader.pieces.reduce(0, +) == count })
        #expect(reader.pieces.count == 2)
    }

    @Test(arguments: [ReadyEvents.readable, .readable.with(.readClosed)])
    func `an end that comes with the last bytes, or after them, is told`(
        interest: ReadyEvents
    ) throws {
        for comesWithThem in [true, false] {
            let loop = try EventLoop.ofTest()
            let reader = try Reader(loop)
            loop.change(reader.pair.near, to: interest)
            reader.pair.write("abc")
            if comesWithThem { shutdown(reader.pair.far, Int32(SHUT_WR)) }
            loop.runTurns()
            if !comesWithThem {
                #expect(reader.pieces == [3])
                shutdown(reader.pair.far, Int32(SHUT_WR))
            }
            #expect(loop.run { reader.pieces == [3, 0] })
            #expect(reader.last.has(.readClosed) == interest.has(.readClosed))
        }
    }

    @Test func `room to write is told for as long as it is asked for`() throws {
        let loop = try EventLoop.ofTest()
        let reader = try Reader(loop)
        reader.patience = .max
        loop.change(reader.pair.near, to: .writable)
        #expect(loop.run { reader.pieces.count == 5 })
        #expect(reader.last.has(.writable))
        loop.change(reader.pair.near, to: .readable)
        loop.runTurns()
        #expect(reader.pieces.count == 5)
    }

    @Test func `bytes that came while nothing was asked for are told when it is`() throws {
        let loop = try EventLoop.ofTest()
        let reader = try Reader(loop)
        loop.change(reader.pair.near, to: .nothing)
        reader.pair.write("abc")
        loop.runTurns()
        #expect(reader.pieces == [])
        loop.change(reader.pair.near, to: .readable)
        #expect(loop.run { reader.pieces == [3] })
    }

    @Test func `a socket that is watched anew is told of`() throws {
        let loop = try EventLoop.ofTest()
        let reader = try Reader(loop)
        loop.forget(reader.pair.near)
        reader.pair.write("abc")
        try loop.watch(reader.pair.near, for: .readable, isStream: true, reader)
        #expect(loop.run { reader.pieces == [3] })
    }

    @Test func `a handler whose number got another owner while it ran asks for nothing`() throws {
        let loop = try EventLoop.ofTest()
        let pair = SocketPair()
        let fresh = SocketPair()
        let heir = Handler()
        let handler = Handler { _ in
            loop.forget(pair.near)
            precondition(dup2(fresh.near, pair.near) == pair.near)
            try? loop.watch(pair.near, for: .nothing, isStream: true, heir)
        }
        try loop.watch(pair.near, for: .readable, isStream: true, handler)
        pair.write("x")
        fresh.write("x")
        loop.runTurns()
        #expect(handler.count == 1 && heir.count == 0)
        loop.change(pair.near, to: .readable)
        #expect(loop.run { heir.count > 0 })
    }
}
