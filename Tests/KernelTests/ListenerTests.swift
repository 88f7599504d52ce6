import Glibc
import Kernel
import TestSupport
import Testing

/// Accepting connections, and what is known of who made them.
@Suite(.tidy) struct ListenerTests {
    /// A listener on a socket in a folder of its own, and what it accepted.
    private final class Door {
        let loop: EventLoop
        let folder = TemporaryFolder()
        var accepted: [Int32] = []
        var starved: [Errno] = []
        var onAccept: () -> Void = {}
        private(set) var listener: Listener?
        private let file: SocketFile

        init(_ loop: EventLoop, watchedMax: Int = .max) throws {
            self.loop = loop
            file = try SocketFile(at: folder.file("s"), privateFolder: false)
            listener = try Listener(
                file.listen(mode: 0o600, backlog: 200), on: loop, watchedMax: watchedMax,
                starved: { [unowned self] in starved.append($0) },
                accepted: { [unowned self] descriptor in
                    // Kept open by a number of its own.
                    accepted.append(dup(descriptor.number))
                    onAccept()
                })
        }

        deinit { for number in accepted { close(number) } }

        func connect() throws(Errno) -> FileDescriptor {
            try StreamSocket.connect(toUnix: folder.file("s"))
        }
    }

    private final class Client {
        let descriptor: FileDescriptor

        init(_ descriptor: consuming FileDescriptor) {
            self.descriptor = descriptor
        }
    }

    @Test func `all that wait are accepted, a batch in a turn`() throws {
        let door = Door.self
        let loop = try EventLoop.ofTest()
        let open = try door.init(loop)
        let clients = try (0..<150).map { _ in Client(try open.connect()) }
        loop.runTurns(1)
        let first = open.accepted.count
        #expect(first > 1 && first < 150)
        #expect(loop.run { open.accepted.count == clients.count })
        #expect(open.starved.isEmpty)
        #expect(open.accepted.allSatisfy { fcntl($0, F_GETFL) & O_NONBLOCK != 0 })
    }

    @Test func `a listener that is stopped leaves the rest to the kernel`() throws {
        let loop = try EventLoop.ofTest()
        let door = try Door(loop)
        door.onAccept = { if door.accepted.count == 2 { door.listener?.stop() } }
        let clients = try (0..<5).map { _ in Client(try door.connect()) }
        loop.runTurns()
        #expect(door.accepted.count == 2)
        #expect(clients.count == 5)
        door.onAccept = {}
    }

    @Test func `the kernel tells who is at the other end`() throws {
        let loop = try EventLoop.ofTest()
        let door = try Door(loop)
        let client = Client(try door.connect())
        #expect(loop.run { door.accepted.count == 1 })
        let us = PeerCredentials(
            pid: ThisProcess.pid, uid: ThisProcess.uid, gid: ThisProcess.gid)
        #expect(try PeerCredentials(of: door.accepted[0]) == us)
        #expect(try PeerCredentials(of: client.descriptor.number) == us)
        let pair = SocketPair()
        #expect(try PeerCredentials(of: pair.near) == us)
        #expect(us.pid == getpid() && us.uid == geteuid() && us.gid == getegid())
    }

    @Test func `what is no socket has no peer`() throws {
        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        #expect(throws: Errno(code: ENOTSOCK)) { try PeerCredentials(of: file) }
    }

    @Test func `accepting pauses where only the reserve of descriptors is left, told once`() throws
    {
        let loop = try EventLoop.ofTest()
        // The listener itself is watched, and there is room for two more.
        let door = try Door(loop, watchedMax: 3)
        let handler = Handler()
        door.onAccept = { try? loop.watch(door.accepted.last!, for: .nothing, handler) }
        let clients = try (0..<5).map { _ in Client(try door.connect()) }
        loop.runTurns()
        #expect(door.accepted.count == 2)
        #expect(door.starved == [.tooManyFilesHere])
        // One goes, one of those who wait is served; the rest was told of.
        loop.forget(door.accepted[0])
        #expect(loop.run { door.accepted.count == 3 })
        loop.forget(door.accepted[1])
        loop.forget(door.accepted[2])
        #expect(loop.run { door.accepted.count == clients.count })
        #expect(door.starved.count == 1)
        door.onAccept = {}
    }

    @Test func `open files are counted when none is left to open`() async {
        await #expect(processExitsWith: .success) {
            // Descriptors of other tests, inherited, may stand anywhere: above the last of them.
            let most = ((0..<4096).last { fcntl($0, F_GETFD) >= 0 } ?? 2) + 16
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var low = rlimit(rlim_cur: rlim_t(most), rlim_max: limit.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &low)
            var more = 0
            while dup(0) >= 0 { more += 1 }
            precondition(more > 0 && errno == EMFILE)
            // All of them, but for one or two that the testing library closes meanwhile.
            precondition((most - 2...most).contains(Int32(ThisProcess.openFiles)))
            // Who looks for leaks at the end has to open files.
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
    }

    @Test func `a machine without descriptors is waited for, told once, and not spun on`() async {
        // In a process of its own: the limit is everybody's.
        await #expect(processExitsWith: .success) {
            let loop = try EventLoop()
            defer { loop.close() }
            let door = try Door(loop)
            let clients = try (0..<3).map { _ in Client(try door.connect()) }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            // Descriptors are given from the lowest on: none is left below this one.
            let next = dup(0)
            close(next)
            let full = rlimit(rlim_cur: rlim_t(next), rlim_max: limit.rlim_max)
            var lowered = full
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &lowered)
            loop.runTurns(100)
            precondition(door.accepted.isEmpty)
            precondition(door.starved == [.tooManyFilesHere])
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            precondition(loop.run { door.accepted.count == clients.count })
            precondition(door.starved.count == 1)
        }
    }
}
