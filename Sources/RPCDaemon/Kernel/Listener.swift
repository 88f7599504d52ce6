import CLinux

/// Who is at the other end of a connection, as the kernel saw it when it was made. The process id
/// is advice only: it may have been passed on or reused since.
package struct PeerCredentials: Equatable, Sendable {
    package var pid: Int32
    package var uid: UInt32
    package var gid: UInt32

    package init(pid: Int32, uid: UInt32, gid: UInt32) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
    }

    /// Reads SO_PEERCRED of a connected Unix socket.
    package init(of fd: Int32) throws(Errno) {
        var pid: Int32 = 0
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        _ = unsafe try Errno.check(clinux_peer(fd, &pid, &uid, &gid))
        self.init(pid: pid, uid: uid, gid: gid)
    }
}

/// Accepts connections from a listening Unix socket, in batches, and pauses where the machine has
/// no descriptor left instead of spinning on one that cannot be accepted; or where only those are
/// left that the daemon needs for its own work.
package final class Listener: EventHandler {
    /// How long accepting pauses after the machine ran out of descriptors or memory.
    package static let pauseNanoseconds: UInt64 = 100_000_000
    /// Connections accepted in one turn before others get theirs.
    private static let batch = 64

    private let descriptor: FileDescriptor
    private let loop: EventLoop
    private let watchedMax: Int
    private let accepted: (consuming FileDescriptor) -> Void
    private let starved: (Errno) -> Void
    /// Whether somebody waits for a descriptor, which was told.
    private var isStarving = false
    private var isStopped = false
    private lazy var resumption = Timer { [unowned self] in resume() }

    /// Accepts on `descriptor`, which listens and does not block, as long as the loop watches fewer
    /// than `watchedMax` descriptors. `starved` is told once until nobody waits any more.
    package init(
        _ descriptor: consuming FileDescriptor, on loop: EventLoop, watchedMax: Int = .max,
        starved: @escaping (Errno) -> Void,
        accepted: @escaping (consuming FileDescriptor) -> Void
    ) throws(Errno) {
        self.descriptor = descriptor
        self.loop = loop
        self.watchedMax = watchedMax
        self.starved = starved
        self.accepted = accepted
        try loop.watch(self.descriptor.number, for: .readable, self)
    }

    package func ready(_ events: ReadyEvents) {
        // Whom a connection is given to may stop the listener.
        for index in 0..<Self.batch where !isStopped {
            if loop.watched >= watchedMax {
                // The event said that somebody waits; after the first, only another one would.
                if index == 0 { pause(.tooManyFilesHere) }
                return
            }
            let fd = clinux_accept(descriptor.number)
            if fd >= 0 {
                accepted(FileDescriptor(owning: fd))
                continue
            }
            let error = Errno(code: -fd)
            switch error {
            case .tooManyFilesHere, .tooManyFilesAnywhere, .noMemory, .noBuffers: pause(error)
            default: isStarving = false
            }
            return
        }
    }

    /// Accepts no more; connections that wait stay with the kernel.
    package func stop() {
        isStopped = true
        loop.cancel(resumption)
        loop.forget(descriptor.number)
    }

    private func pause(_ error: Errno) {
        if !isStarving { starved(error) }
        isStarving = true
        loop.change(descriptor.number, to: .nothing)
        loop.set(resumption, after: Self.pauseNanoseconds)
    }

    private func resume() {
        loop.change(descriptor.number, to: .readable)
    }
}
