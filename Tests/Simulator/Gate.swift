import Glibc
import Synchronization

/// The open connections, and whether new ones are let in.
///
/// A connection leaves before its descriptor is closed, so that none is shut down that became
/// another's.
final class Gate: Sendable {
    private struct State {
        var open: Set<Int32> = []
        var closedUntil: UInt64 = 0
    }

    private let state = Mutex(State())
    /// Wakes the listeners when the gate closes.
    private let bells = Mutex<[Bell]>([])

    func addListener() -> Bell {
        let bell = Bell()
        bells.withLock { $0.append(bell) }
        return bell
    }

    func enter(_ descriptor: Int32) { state.withLock { _ = $0.open.insert(descriptor) } }

    func leave(_ descriptor: Int32) { state.withLock { _ = $0.open.remove(descriptor) } }

    /// When connecting works again; a time that has passed means now.
    var closedUntil: UInt64 { state.withLock { $0.closedUntil } }

    /// Refuses connections for `time`, and ends all that are open except `spared`.
    func close(for time: UInt64, sparing spared: Int32?) {
        state.withLock { state in
            state.closedUntil = Clock.now + time
            for descriptor in state.open where descriptor != spared {
                shutdown(descriptor, Int32(SHUT_RDWR))
            }
        }
        bells.withLock { $0.forEach { $0.ring() } }
    }
}
