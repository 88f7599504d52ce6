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
        /// Listeners in all, and those that refuse connections now.
        var listeners: [Bell] = []
        var aside = 0
    }

    private let state = Mutex(State())

    /// The bell that wakes the listener when the gate closes.
    func addListener() -> Bell {
        let bell = Bell()
        state.withLock { $0.listeners.append(bell) }
        return bell
    }

    func enter(_ descriptor: Int32) { state.withLock { _ = $0.open.insert(descriptor) } }

    func leave(_ descriptor: Int32) { state.withLock { _ = $0.open.remove(descriptor) } }

    /// When connecting works again; a time that has passed means now.
    var closedUntil: UInt64 { state.withLock { $0.closedUntil } }

    /// A listener says that its port refuses now.
    func stoodAside() { state.withLock { $0.aside += 1 } }

    /// Whether a listener that stood aside may listen again: from then on it counts as open.
    func mayReturn() -> Bool {
        state.withLock { state in
            if state.closedUntil > Clock.now { return false }
            state.aside -= 1
            return true
        }
    }

    /// Refuses connections for `time`, and ends all that are open except `spared`. When it
    /// returns, no listener accepts any more.
    func close(for time: UInt64, sparing spared: Int32?) {
        state.withLock { state in
            state.closedUntil = Clock.now + time
            for bell in state.listeners { bell.ring() }
        }
        while state.withLock({ $0.aside < $0.listeners.count && $0.closedUntil > Clock.now }) {
            usleep(50)
        }
        state.withLock { state in
            for descriptor in state.open where descriptor != spared {
                shutdown(descriptor, Int32(SHUT_RDWR))
            }
        }
    }
}
