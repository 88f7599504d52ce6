import CLinux
import Glibc

/// Why the daemon could not have its socket; the message says what to do.
package struct SocketFileError: Error, Equatable, Sendable {
    package var message: String

    package init(message: String) {
        self.message = message
    }
}

/// The file of the daemon's own socket: made by us, locked while we live, removed by us alone.
///
/// A lock on `PATH.lock` is held for life and decides between daemons: who has it may look whether
/// the socket is stale, since no other daemon can come in between. Somebody who listens without the
/// lock, as systemd does for a socket unit, is found by connecting and left alone.
package final class SocketFile {
    /// Where it is.
    package let path: String
    private let lock: FileDescriptor
    private var device: UInt64 = 0
    private var inode: UInt64 = 0

    /// Makes the folder if needed and takes the lock.
    ///
    /// - Parameter privateFolder: the folder must be ours alone, 0700, as one under /tmp has to be.
    package init(at path: String, privateFolder: Bool) throws(SocketFileError) {
        // sun_path has 108 bytes, its final NUL included (unix(7)).
        guard path.utf8.count <= 107 else {
            throw SocketFileError(
                message: "The socket path \(path) is \(path.utf8.count) bytes long, more than the "
                    + "107 that a Unix socket can have. Choose a shorter one with --socket.")
        }
        try Self.prepareFolder(of: path, mustBePrivate: privateFolder)
        lock = try Self.takeLock(path + ".lock", socket: path)
        self.path = path
    }

    /// Takes the lock of a socket that systemd made and passed on, which is not ours to remove: a
    /// daemon started by hand then sees that this one runs.
    package init(inherited path: String) throws(SocketFileError) {
        lock = try Self.takeLock(path + ".lock", socket: path)
        self.path = path
    }

    /// Replaces a stale socket and listens; the file has `mode` from its first moment on.
    package func listen(mode: UInt32, backlog: Int32) throws(SocketFileError) -> FileDescriptor {
        var status = stat()
        if unsafe lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK else {
                throw SocketFileError(
                    message: "\(path) exists and is no socket. Move it away, or choose another "
                        + "path with --socket.")
            }
            try Self.checkStale(path)
            unsafe unlink(path)
        }
        let listener = unsafe clinux_listen_unix(path, mode, backlog)
        guard listener >= 0 else {
            let error = Errno(code: -listener)
            throw SocketFileError(message: "Cannot listen on \(path): \(error.message).")
        }
        if unsafe lstat(path, &status) == 0 {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
        return FileDescriptor(owning: listener)
    }

    /// Removes the socket if it is still the one we made. The lock's file stays: removing it would
    /// let two daemons hold two locks of one name.
    package func remove() {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, UInt64(status.st_dev) == device,
            UInt64(status.st_ino) == inode
        else { return }
        unsafe unlink(path)
    }

    /// Makes sure that nobody listens on the socket at `path`, whose lock is ours.
    private static func checkStale(_ path: String) throws(SocketFileError) {
        do throws(Errno) {
            _ = try StreamSocket.connect(toUnix: path)
        } catch .connectionRefused, .notFound {
            return
        } catch .wouldBlock {
            // Its queue of connections is full: nothing is more alive.
        } catch {
            throw SocketFileError(
                message: "There is a socket at \(path), and whether somebody listens on it cannot "
                    + "be found out: \(error.message). Remove it, or choose another path with "
                    + "--socket.")
        }
        throw SocketFileError(
            message: "Somebody listens on \(path) already, such as systemd for a .socket unit. "
                + "Stop that first (systemctl stop crowd-models-executor.socket), or choose another "
                + "path with --socket.")
    }

    private static func takeLock(
        _ path: String, socket: String
    ) throws(SocketFileError) -> FileDescriptor {
        let lock = unsafe clinux_lock_file(path)
        if lock >= 0 { return FileDescriptor(owning: lock) }
        let error = Errno(code: -lock)
        if error == .wouldBlock {
            throw SocketFileError(
                message: "Another crowd-models-executor is running on \(socket). Stop it first, or "
                    + "choose another path with --socket.")
        }
        throw SocketFileError(message: "Cannot lock \(path): \(error.message).")
    }

    private static func prepareFolder(
        of path: String, mustBePrivate: Bool
    ) throws(SocketFileError) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        let folder = String(path[..<slash])
        var failure = unsafe mkdir(folder, 0o700) < 0 ? errno : 0
        if failure == ENOENT {
            try prepareFolder(of: folder, mustBePrivate: false)
            failure = unsafe mkdir(folder, 0o700) < 0 ? errno : 0
        }
        var status = stat()
        guard unsafe lstat(folder, &status) == 0 else {
            // Why it could not be made says more than that it is not there.
            let error = Errno(code: failure)
            throw SocketFileError(
                message: "Cannot use the folder \(folder): \(error.message).")
        }
        guard mustBePrivate else { return }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else {
            throw SocketFileError(
                message: "The folder \(folder) is not ours alone (it must be a folder of user "
                    + "\(geteuid()) with mode 0700). Remove it, or choose a path with --socket.")
        }
    }
}
