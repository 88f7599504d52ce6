import CLinux

/// Ways to a connected stream socket that does not block.
package enum StreamSocket {
    /// Starts connecting; the descriptor becomes writable when it is done, and `result` tells how.
    package static func connect(to address: SocketAddress) throws(Errno) -> FileDescriptor {
        var fd: Int32 = -1
        _ = unsafe try Errno.check(
            clinux_connect_address(address.bytes, UInt32(address.bytes.count), &fd))
        return FileDescriptor(owning: fd)
    }

    /// Connects to a Unix socket.
    package static func connect(toUnix path: String) throws(Errno) -> FileDescriptor {
        var fd: Int32 = -1
        _ = unsafe try Errno.check(clinux_connect_unix(path, 0, &fd))
        return FileDescriptor(owning: fd)
    }

    /// What became of a connect in progress.
    package static func checkConnected(_ fd: Int32) throws(Errno) {
        _ = try Errno.check(clinux_connect_result(fd))
    }
}
