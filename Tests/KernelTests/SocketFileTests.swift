import Glibc
import Kernel
import Synchronization
import TestSupport
import Testing

/// The file of the daemon's socket, its folder and its lock.
@Suite struct SocketFileTests {
    /// Mode of what is at `path`, its sort included; nil for nothing.
    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode : nil
    }

    /// The words with which a socket at `path` is refused; nil if it is not.
    private static func refusal(_ path: String, privateFolder: Bool = false) -> String? {
        do throws(SocketFileError) {
            let file = try SocketFile(at: path, privateFolder: privateFolder)
            _ = try file.listen(mode: 0o600, backlog: 1)
            return nil
        } catch {
            return error.message
        }
    }

    @Test(arguments: [0o600, 0o660, 0o666, 0o777] as [UInt32])
    func `the socket has its mode, and only us to change it`(mode: UInt32) throws {
        let folder = TemporaryFolder()
        let file = try SocketFile(at: folder.file("s"), privateFolder: true)
        let descriptor = try file.listen(mode: mode, backlog: 1)
        #expect(Self.mode(file.path) == S_IFSOCK | mode)
        #expect(Self.mode(file.path + ".lock") == S_IFREG | 0o600)
        #expect(fcntl(descriptor.number, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(descriptor.number, F_GETFD) & FD_CLOEXEC != 0)
    }

    /// What a thread saw of a file while others made and removed it.
    private final class Watch: Sendable {
        let path: String
        let modes = Mutex<Set<mode_t>>([])
        let isOver = Atomic(false)

        init(_ path: String) {
            self.path = path
        }

        func start() -> pthread_t {
            var thread = pthread_t()
            let context = Unmanaged.passRetained(self).toOpaque()
            let result = pthread_create(
                &thread, nil,
                { context in
                    let watch = Unmanaged<Watch>.fromOpaque(context!).takeRetainedValue()
                    while !watch.isOver.load(ordering: .relaxed) {
                        var status = stat()
                        if lstat(watch.path, &status) == 0 {
                            watch.modes.withLock { _ = $0.insert(status.st_mode) }
                        }
                    }
                    return nil
                }, context)
            precondition(result == 0)
            return thread
        }
    }

    @Test func `nobody ever sees the socket with more rights than it has`() throws {
        let folder = TemporaryFolder()
        let file = try SocketFile(at: folder.file("s"), privateFolder: false)
        let watch = Watch(file.path)
        let thread = watch.start()
        for _ in 0..<500 {
            let descriptor = try file.listen(mode: 0o600, backlog: 1)
            #expect(descriptor.number >= 0)
            file.remove()
        }
        watch.isOver.store(true, ordering: .relaxed)
        pthread_join(thread, nil)
        #expect(watch.modes.withLock { $0 }.isSubset(of: [S_IFSOCK | 0o600]))
    }

    @Test func `folders that are missing are made, for us alone`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("a/b/c/s")
        let file = try SocketFile(at: path, privateFolder: true)
        _ = try file.listen(mode: 0o666, backlog: 1)
        for made in ["a", "a/b", "a/b/c"] {
            #expect(Self.mode(folder.file(made)) == S_IFDIR | 0o700)
        }
    }

    @Test func `a folder that cannot be made is told with why`() {
        let words = Self.refusal("/sys/crowd-models/s")
        #expect(words?.hasPrefix("Cannot use the folder /sys/crowd-models: ") == true)
        #expect(words?.contains("No such file") == false)
    }

    @Test(arguments: [0o755, 0o770, 0o701, 0o707] as [mode_t])
    func `a folder that others can enter is refused where it must be ours`(mode: mode_t) {
        let folder = TemporaryFolder()
        mkdir(folder.file("f"), 0o700)
        chmod(folder.file("f"), mode)
        let words = Self.refusal(folder.file("f/s"), privateFolder: true)
        #expect(words?.contains("is not ours alone") == true)
        #expect(words?.contains("--socket") == true)
        #expect(Self.mode(folder.file("f/s")) == nil)
        #expect(Self.refusal(folder.file("f/s"), privateFolder: false) == nil)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
    func `a folder of somebody else is refused where it must be ours`() {
        let folder = TemporaryFolder()
        mkdir(folder.file("f"), 0o700)
        chown(folder.file("f"), 65_534, 65_534)
        #expect(Self.refusal(folder.file("f/s"), privateFolder: true)?.contains("not ours") == true)
    }

    @Test func `a link to a folder, or a file in its place, is refused where it must be ours`() {
        let folder = TemporaryFolder()
        mkdir(folder.file("f"), 0o700)
        symlink(folder.file("f"), folder.file("link"))
        folder.write("file", "")
        for name in ["link", "file"] {
            let words = Self.refusal(folder.file("\(name)/s"), privateFolder: true)
            #expect(words?.contains("is not ours alone") == true)
        }
        let words = Self.refusal(folder.file("file/s"))
        #expect(words?.contains("Not a directory") == true)
    }

    @Test func `one socket has one owner at a time`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("s")
        do {
            let file = try SocketFile(at: path, privateFolder: false)
            let descriptor = try file.listen(mode: 0o600, backlog: 1)
            let words = Self.refusal(path)
            #expect(words?.contains("Another crowd-models-executor is running on \(path)") == true)
            #expect(words?.contains("--socket") == true)
            // The one that runs is none the worse for it.
            let client = try StreamSocket.connect(toUnix: path)
            #expect(client.number >= 0 && descriptor.number >= 0)
        }
        #expect(Self.refusal(path) == nil)
    }

    /// Listens at `path` as systemd does for a socket unit: without our lock.
    private static func listenAsStranger(_ path: String) throws -> FileDescriptor {
        try SocketFile(at: path, privateFolder: false).listen(mode: 0o600, backlog: 1)
    }

    @Test func `a socket that somebody listens on without our lock is left alone`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("s")
        let stranger = try Self.listenAsStranger(path)
        unlink(path + ".lock")
        let first = try StreamSocket.connect(toUnix: path)
        for _ in 0..<3 {
            // The third finds the queue of connections full.
            let words = Self.refusal(path)
            #expect(words?.contains("Somebody listens on \(path) already") == true)
            #expect(words?.contains("--socket") == true)
        }
        #expect(Self.mode(path) == S_IFSOCK | 0o600)
        #expect(first.number >= 0 && stranger.number >= 0)
    }

    @Test func `who is passed a socket holds its lock, and leaves the socket at the end`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("s")
        let passed = try Self.listenAsStranger(path)
        let ours = try SocketFile(inherited: path)
        #expect(Self.refusal(path)?.contains("Another crowd-models-executor is running") == true)
        ours.remove()
        #expect(Self.mode(path) == S_IFSOCK | 0o600)
        #expect(passed.number >= 0)
    }

    @Test func `the lock is not taken through a link`() throws {
        let folder = TemporaryFolder()
        let victim = folder.write("victim", "precious")
        symlink(victim, folder.file("s.lock"))
        #expect(Self.refusal(folder.file("s"))?.contains("Cannot lock") == true)
        #expect(SmallFile.read(victim, limit: 100) == Array("precious".utf8))
    }

    @Test func `a socket that nobody holds is replaced`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("s")
        do {
            let file = try SocketFile(at: path, privateFolder: false)
            _ = try file.listen(mode: 0o600, backlog: 1)
        }
        #expect(Self.mode(path) == S_IFSOCK | 0o600)
        #expect(throws: Errno.connectionRefused) { _ = try StreamSocket.connect(toUnix: path) }
        let file = try SocketFile(at: path, privateFolder: false)
        let descriptor = try file.listen(mode: 0o660, backlog: 1)
        #expect(Self.mode(path) == S_IFSOCK | 0o660)
        let client = try StreamSocket.connect(toUnix: path)
        #expect(client.number >= 0 && descriptor.number >= 0)
    }

    @Test func `what is no socket is left alone`() throws {
        let folder = TemporaryFolder()
        let path = folder.write("s", "precious")
        let words = Self.refusal(path)
        #expect(words?.contains("\(path) exists and is no socket") == true)
        #expect(SmallFile.read(path, limit: 100) == Array("precious".utf8))
        mkdir(folder.file("d"), 0o700)
        #expect(Self.refusal(folder.file("d"))?.contains("is no socket") == true)
        symlink("/nowhere", folder.file("l"))
        #expect(Self.refusal(folder.file("l"))?.contains("is no socket") == true)
    }

    @Test func `only our own socket is removed, and the lock stays`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("s")
        let file = try SocketFile(at: path, privateFolder: false)
        file.remove()
        _ = try file.listen(mode: 0o600, backlog: 1)
        rename(path, folder.file("ours"))
        folder.write("s", "somebody else's")
        file.remove()
        #expect(SmallFile.exists(path))
        unlink(path)
        rename(folder.file("ours"), path)
        file.remove()
        #expect(!SmallFile.exists(path))
        file.remove()
        #expect(SmallFile.exists(path + ".lock"))
    }

    @Test func `a path has to fit a socket's address`() {
        let folder = TemporaryFolder()
        let longest = folder.file(
            String(repeating: "x", count: 107 - folder.path.utf8.count - 1))
        #expect(longest.utf8.count == 107)
        let words = Self.refusal(longest + "x")
        #expect(words?.contains("is 108 bytes long") == true)
        #expect(words?.contains("107") == true)
        #expect(!SmallFile.exists(longest + "x.lock"))
        #expect(Self.refusal(longest) == nil)
    }
}
