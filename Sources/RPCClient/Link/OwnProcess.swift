import Glibc

/// Processes of the user who runs this one.
package enum OwnProcess {
    /// Whether the process of that number is one.
    package static func isOne(_ pid: Int) -> Bool {
        var information = stat()
        return unsafe stat("/proc/\(pid)", &information) == 0
            && information.st_uid == geteuid()
    }
}
