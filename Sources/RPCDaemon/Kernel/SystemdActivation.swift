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

    /// What was passed; nil for what was not.
    package struct Passed: ~Copyable {
        /// The socket of the daemon.
        package var socket: Socket?
        /// The path that it is bound to; nil for one without.
        package var path: String?
        /// A TCP socket that listens, named `http` in the unit.
        package var http: FileDescriptor?
    }

    /// First descriptor that systemd passes.
    private static let first: Int32 = 3

    /// Takes what was passed to us, and clears the variables so that no child believes it was
    /// meant: at most one Unix stream socket, and one TCP listener with `FileDescriptorName=http`.
    /// Sockets of any other sort are an error with a message.
    package static func take() throws(SocketFileError) -> Passed {
        let count = announcedCount()
        let names = Environment.value("LISTEN_FDNAMES") ?? ""
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"] {
            unsafe unsetenv(name)
        }
        var passed = Passed()
        let list = names.split(separator: ":", omittingEmptySubsequences: false)
        for index in 0..<Int(count) {
            let isHTTP = index < list.count && list[index] == "http"
            try take(first + Int32(index), isHTTP: isHTTP, of: count, into: &passed)
        }
        return passed
    }

    private static func take(
        _ number: Int32, isHTTP: Bool, of count: Int32, into passed: inout Passed
    ) throws(SocketFileError) {
        let role = clinux_socket_role(number)
        if isHTTP {
            guard role == 3, passed.http == nil, clinux_adopt(number) == 0 else {
                throw SocketFileError(
                    message: "The descriptor that systemd passed as http is no TCP socket that "
                        + "listens. Use ListenStream= with an address in its .socket unit.")
            }
            passed.http = FileDescriptor(owning: number)
            return
        }
        guard passed.socket == nil else {
            throw SocketFileError(
                message: "systemd passed \(count) sockets; this daemon serves exactly one, and one "
                    + "named http. Keep one ListenStream= in the .socket unit.")
        }
        guard role == 1 || role == 2, clinux_adopt(number) == 0 else {
            throw SocketFileError(
                message: "The descriptor that systemd passed is no Unix stream socket. Use "
                    + "ListenStream= with a path in the .socket unit.")
        }
        passed.path = SocketAddress.unixPath(boundTo: number)
        let descriptor = FileDescriptor(owning: number)
        passed.socket = role == 1 ? .listener(descriptor) : .connection(descriptor)
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
