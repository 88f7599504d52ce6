import CLinux
import CrowdModelsProtocol
import Glibc

/// A file that is read whole: configuration, keys, what /proc tells.
package enum SmallFile {
    /// Its content, at most `limit` bytes of it; nil where it cannot be read.
    package static func read(_ path: String, limit: Int) -> [UInt8]? {
        try? contents(of: path, limit: limit)
    }

    /// Its content, at most `limit` bytes of it.
    package static func contents(of path: String, limit: Int) throws(Errno) -> [UInt8] {
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw Errno(code: errno) }
        let file = FileDescriptor(owning: number)
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: min(limit, 65_536))
        while bytes.count < limit {
            let wanted = min(piece.count, limit - bytes.count)
            let count = unsafe try Errno.check(clinux_read(file.number, &piece, wanted))
            if count == 0 { break }
            bytes += piece[..<Int(count)]
        }
        return bytes
    }

    /// A number that another file at the same path does not have; nil where nothing is there.
    package static func identity(_ path: String) -> UInt64? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        let made =
            UInt64(bitPattern: Int64(status.st_ctim.tv_sec)) &* 1_000_000_000
            &+ UInt64(bitPattern: Int64(status.st_ctim.tv_nsec))
        // Numbers of files are used again.
        return max(1, UInt64(status.st_ino) &* 0x9E37_79B9_7F4A_7C15 ^ made)
    }

    /// Whether something is there.
    package static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }
}

/// What the kernel tells of this process.
package enum ThisProcess {
    package static var pid: Int32 { getpid() }
    package static var uid: UInt32 { geteuid() }
    package static var gid: UInt32 { getegid() }

    /// The machine's own name; empty where it has none.
    package static var machineName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Bytes of memory that are resident now; 0 where /proc does not tell.
    package static var residentBytes: Int {
        guard let bytes = SmallFile.read("/proc/self/statm", limit: 256) else { return 0 }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// How many descriptors are open now.
    package static var openFiles: Int {
        guard let folder = unsafe opendir("/proc/self/fd") else { return countedDescriptors }
        defer { unsafe closedir(folder) }
        // The folder's own descriptor, `.` and `..` are not counted.
        var count = -3
        while unsafe readdir(folder) != nil { count += 1 }
        return count
    }

    /// How many descriptors are open, found out without needing one.
    private static var countedDescriptors: Int {
        let limit = Int32(clamping: clinux_raise_descriptors(0))
        return (0..<max(limit, 0)).count { fcntl($0, F_GETFD) >= 0 }
    }

    /// Sees to it that no crash writes a core, or a dump of memory to standard error: a prompt or a
    /// key could be in it. Swift's own dump shows what the registers point at; it is kept where
    /// `SWIFT_BACKTRACE` says `registers=none`, as the units do.
    package static func keepMemoryPrivate() {
        clinux_forbid_cores()
        if Environment.value("SWIFT_BACKTRACE")?.contains("registers=none") == true { return }
        for fatal in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
            signal(fatal, SIG_DFL)
        }
    }

    /// Raises the soft limit on descriptors towards `wanted`; the limit in force.
    package static func raiseDescriptors(to wanted: Int) -> Int {
        clinux_raise_descriptors(wanted)
    }

    /// Whether standard error is the journal's (systemd.exec(5), $JOURNAL_STREAM).
    package static var logsToJournal: Bool {
        guard let stream = Environment.value("JOURNAL_STREAM") else { return false }
        var status = stat()
        guard unsafe fstat(2, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }

    /// Whether standard error goes into a file: nobody adds the time to what stands there, as
    /// journald and those who read pipes do.
    package static var logsToFile: Bool {
        var status = stat()
        return unsafe fstat(2, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
