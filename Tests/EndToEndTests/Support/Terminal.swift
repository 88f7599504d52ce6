import Glibc

/// A pseudo-terminal: programs write to `path`, the test reads what they wrote.
final class Terminal {
    let path: String
    private let master: Int32
    private let slave: Int32

    /// TIOCSPTLCK and TIOCGPTN of Linux, which Glibc's module leaves out.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    init() throws {
        var isLocked: Int32 = 0
        var number: Int32 = -1
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard master >= 0, ioctl(master, Terminal.setLock, &isLocked) == 0,
            ioctl(master, Terminal.getNumber, &number) == 0
        else { throw ChildProcess.Failure(message: "no pseudo-terminal") }
        path = "/dev/pts/\(number)"
        // Held open, so that what a program wrote outlives it.
        slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    }

    deinit {
        if slave >= 0 { close(slave) }
        close(master)
    }

    /// What was written so far.
    func text() throws -> String {
        tcdrain(slave)
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        var bytes: [UInt8] = []
        var space = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(master, &space, space.count)
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += space[..<count]
        }
    }
}
