import Glibc
import Kernel

/// Two connected Unix sockets that do not block; both close with the last reference.
final class SocketPair {
    let near: Int32
    let far: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        precondition(socketpair(AF_UNIX, type, 0, &ends) == 0)
        (near, far) = (ends[0], ends[1])
    }

    deinit {
        close(near)
        close(far)
    }

    /// Makes the near end readable.
    func write(_ text: String) {
        let bytes = Array(text.utf8)
        precondition(Glibc.write(far, bytes, bytes.count) == bytes.count)
    }

    /// All that came to the far end so far.
    func readFar() -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(far, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

/// Something that does what the test says when its descriptor is ready.
final class Handler: EventHandler {
    private(set) var count = 0
    private(set) var last = ReadyEvents.nothing
    private let action: (Handler) -> Void

    init(_ action: @escaping (Handler) -> Void = { _ in }) {
        self.action = action
    }

    func ready(_ events: ReadyEvents) {
        count += 1
        last = events
        action(self)
    }
}

/// Work for the end of a turn, and for the next one, that does what the test says.
final class Work: TurnWork, Continuation {
    private(set) var count = 0
    private let action: () -> Void

    init(_ action: @escaping () -> Void = {}) {
        self.action = action
    }

    func endOfTurn() {
        count += 1
        action()
    }

    func continueTurn() {
        count += 1
        action()
    }
}
