import Glibc

/// Wakes a thread that waits in poll: the reading end is watched, `ring` writes to the other.
///
/// It owns both ends and closes them when the last one who may ring it lets go.
final class Bell: Sendable {
    let descriptor: Int32
    private let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no descriptor is left for a pipe")
        descriptor = ends[0]
        writing = ends[1]
    }

    deinit {
        close(descriptor)
        close(writing)
    }

    func ring() {
        var byte: UInt8 = 1
        _ = write(writing, &byte, 1)
    }

    /// Takes what was rung so far; call it only when poll said that there is something.
    func drain() {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) {
            _ = read(descriptor, $0.baseAddress!, $0.count)
        }
    }
}
