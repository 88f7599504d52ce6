import Glibc

/// Notices that the program which started this one is gone, so that a dead test leaves nothing.
enum Parent {
    static let lookMilliseconds: Int32 = 200

    /// Calls `whenGone` when the parent has changed, or when a pipe on standard input has ended.
    static func watch(_ whenGone: @escaping () -> Void) {
        let parent = getppid()
        Thread.start {
            var status = stat()
            fstat(0, &status)
            let kind = status.st_mode & S_IFMT
            let watchesInput = kind == S_IFIFO || kind == S_IFSOCK
            var space = [UInt8](repeating: 0, count: 256)
            while getppid() == parent {
                var watched = [
                    pollfd(fd: watchesInput ? 0 : -1, events: Int16(POLLIN), revents: 0)
                ]
                if poll(&watched, 1, lookMilliseconds) > 0, read(0, &space, space.count) <= 0 {
                    break
                }
            }
            whenGone()
        }
    }
}
