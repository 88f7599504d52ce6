import Glibc

/// Wakes when something is made in a folder or goes from it.
final class FolderWatch {
    private let descriptor: Int32

    init(_ path: String) {
        descriptor = inotify_init1(Int32(IN_CLOEXEC))
        let mask = UInt32(IN_CREATE | IN_DELETE | IN_MOVED_TO)
        precondition(descriptor >= 0 && inotify_add_watch(descriptor, path, mask) >= 0)
    }

    deinit { close(descriptor) }

    /// Returns at the next change; throws when none comes in time.
    func wait(until deadline: Deadline = Deadline()) throws {
        var interest = pollfd(descriptor: descriptor)
        guard poll(&interest, 1, deadline.milliseconds) > 0 else {
            throw LineReader.TooLate(got: "no change in the folder")
        }
        var events = [UInt8](repeating: 0, count: 4096)
        _ = read(descriptor, &events, events.count)
    }
}
