package import Kernel
package import Metrics

/// Who is at the other end of a connection, for as long as it lasts.
package final class Peer {
    /// The daemon's own number of the connection, never used again.
    package let connection: UInt64
    package let credentials: PeerCredentials
    /// The process's name, for statistics; looked up when first asked for.
    package private(set) lazy var processName = PeerProcess.name(of: credentials.pid)
    /// Where its requests without a tag are counted.
    package var series: SeriesID?

    package init(connection: UInt64, credentials: PeerCredentials) {
        self.connection = connection
        self.credentials = credentials
    }

    package var uid: UInt32 { credentials.uid }
    package var pid: Int32 { credentials.pid }
}

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
