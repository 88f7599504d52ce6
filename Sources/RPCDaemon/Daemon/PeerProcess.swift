import Kernel

/// What the kernel tells of a client's process: advice for statistics, never a reason to trust.
enum PeerProcess {
    /// The process's name (`/proc/PID/comm`, at most 15 bytes); `?` where it cannot be read.
    static func name(of pid: Int32) -> String {
        guard pid > 0, let bytes = SmallFile.read("/proc/\(pid)/comm", limit: 64) else {
            return "?"
        }
        let name = bytes.prefix { $0 != 0x0A && $0 != 0 }.map { $0 < 32 || $0 == 127 ? 0x3F : $0 }
        return name.isEmpty ? "?" : String(decoding: name, as: UTF8.self)
    }
}
