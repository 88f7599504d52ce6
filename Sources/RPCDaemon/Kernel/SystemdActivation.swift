import CLinux
import Glibc

/// What systemd handed over at start, as sd_listen_fds(3) describes it.
package enum SystemdActivation {
    /// A socket that was passed to this process.
    package enum Socket: ~Copyable {
        /// It listens: connections are to be accepted from it.
        case listener(FileDescriptor)
        /// It is connected already (Accept=yes, or varlink's exec: style).
        case connection(FileDescriptor)
    }

    /// First descriptor that systemd passes.
    private static let first: Int32 = 3

    /// The path that the passed socket is bound to; nil for one without. Valid once it was taken.
    package static var path: String? { SocketAddress.unixPath(boundTo: first) }

    /// Takes the one Unix stream socket that was passed to us, if any, and clears the variables so
    /// that no child believes it was meant. Sockets of any other sort are an error with a message.
    package static func take() throws(SocketFileError) -> Socket? {
        let count = announcedCount()
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"] {
            unsafe unsetenv(name)
        }
        guard count > 0 else { return nil }
        guard count == 1 else {
            throw SocketFileError(
                message: "systemd passed \(count) sockets; this daemon serves exactly one. Keep "
                    + "one ListenStream= in the .socket unit.")
        }
        let role = clinux_socket_role(first)
        guard role != 0, clinux_adopt(first) == 0 else {
            throw SocketFileError(
                message: "The descriptor that systemd passed is no Unix stream socket. Use "
                    + "ListenStream= with a path in the .socket unit.")
        }
        let descriptor = FileDescriptor(owning: first)
        return role == 1 ? .listener(descriptor) : .connection(descriptor)
    }

    private static func announcedCount() -> Int32 {
        guard let pid = Environment.value("LISTEN_PID").flatMap({ Int32($0) }), pid == getpid(),
            let count = Environment.value("LISTEN_FDS").flatMap({ Int32($0) }), count > 0
        else { return 0 }
        return count
    }
}

/// The variables of this process.
package enum Environment {
    /// The value of a variable; nil where it is not set.
    package static func value(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}

/// Words to the service manager, as sd_notify(3) describes them; without one they go nowhere.
package struct SystemdNotify: Sendable {
    private let socket: String?

    /// Reads $NOTIFY_SOCKET.
    package init() {
        socket = Environment.value("NOTIFY_SOCKET")
    }

    /// Sends newline-separated assignments such as `READY=1`; failures do not matter.
    package func send(_ message: String) {
        guard let socket, socket.hasPrefix("/") || socket.hasPrefix("@") else { return }
        unsafe clinux_notify(socket, message)
    }
}
