import Glibc

/// The client at a pseudo-terminal of its own, which a test types into and looks at.
///
/// It is ended, at the latest, when the last reference goes.
final class TerminalClient {
    private let master: Int32
    private let slave: Int32
    private let identifier: pid_t
    private var exitStatus: Int32?
    /// All that it wrote.
    private(set) var text = ""

    /// TIOCSPTLCK and TIOCGPTN of Linux, which Glibc's module leaves out.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    init(
        _ arguments: [String], socket: String, columns: UInt16 = 80, rows: UInt16 = 24,
        environment: [String: String] = ["TERM": "xterm"]
    ) throws {
        var isLocked: Int32 = 0
        var number: Int32 = -1
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard master >= 0, ioctl(master, Self.setLock, &isLocked) == 0,
            ioctl(master, Self.getNumber, &number) == 0
        else { throw ChildProcess.Failure(message: "no pseudo-terminal") }
        let path = "/dev/pts/\(number)"
        // Held open, so that its settings can be looked at when the client has ended.
        slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that the leader of a session opens is its own, so that Ctrl-C comes.
        posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(0x80))  // POSIX_SPAWN_SETSID
        let words = [ClientRun.path, "--socket", socket] + arguments
        let variables = DaemonProcess.environment(home: "/", environment)
        var argv = words.map { strdup($0) } + [nil]
        var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let failure = posix_spawn(&child, ClientRun.path, &actions, &attributes, &argv, &envp)
        identifier = child
        if failure != 0 {
            exitStatus = -1
            throw ChildProcess.Failure(message: "cannot start \(ClientRun.path)")
        }
    }

    deinit {
        if exitStatus == nil { kill(identifier, SIGKILL) }
        _ = wait()
        close(slave)
        close(master)
    }

    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = write(master, bytes, bytes.count)
    }

    func signal(_ number: Int32) { kill(identifier, number) }

    /// Another size, as a window that is dragged has it.
    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Waits until this was written, after what earlier waits have found; throws at the deadline.
    func waitFor(_ wanted: String, seconds: Int = 20) throws {
        let end = time(nil) + seconds
        while true {
            if let range = text[seen...].firstRange(of: wanted) {
                seen = range.upperBound
                return
            }
            guard time(nil) < end, readMore() else {
                throw ChildProcess.Failure(
                    message: "never came: \(wanted); there is \(text[seen...].suffix(400))")
            }
        }
    }

    private var seen = "".startIndex

    /// Reads what comes within a moment; false when nothing will come any more.
    private func readMore() -> Bool {
        var item = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&item, 1, 100) > 0 else { return exitStatus == nil }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(master, &bytes, bytes.count)
        guard count > 0 else { return false }
        let offset = text.utf8.distance(from: text.startIndex, to: seen)
        pending += bytes[..<count]
        // A letter that was cut waits for its rest.
        var end = pending.count
        while end > 0, pending[end - 1] & 0xC0 == 0x80 { end -= 1 }
        if end > 0, pending[end - 1] >= 0xC0 { end -= 1 } else { end = pending.count }
        text += String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end)
        seen = text.utf8.index(text.startIndex, offsetBy: offset)
        return true
    }

    private var pending: [UInt8] = []

    /// Whether the terminal shows what is typed, a line at a time, as shells leave it.
    var isAsItWas: Bool {
        var settings = termios()
        guard tcgetattr(slave, &settings) == 0 else { return false }
        let wanted = tcflag_t(ICANON | ECHO | ISIG)
        return settings.c_lflag & wanted == wanted
    }

    /// The exit status, or minus the signal that ended it; reads what comes until then. Who does
    /// not end by itself is killed.
    func wait(seconds: Int = 20) -> Int32 {
        if let exitStatus { return exitStatus }
        var status: Int32 = 0
        let end = time(nil) + seconds
        while waitpid(identifier, &status, WNOHANG) == 0 {
            _ = readMore()
            if time(nil) >= end { kill(identifier, SIGKILL) }
        }
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
        exitStatus = code
        return code
    }
}
