import Synchronization

/// One generation's place in the catalogue: it is granted a slot, or killed with its model.
///
/// Its thread waits at `bell`; any thread may grant or kill.
final class Ticket: Sendable {
    let bell: Bell

    private struct State {
        var isGranted = false
        var death: String?
    }

    private let state = Mutex(State())

    init(bell: Bell) { self.bell = bell }

    var isGranted: Bool { state.withLock { $0.isGranted } }

    /// Why the generation must stop; nil while it may go on.
    var death: String? { state.withLock { $0.death } }

    func grant() {
        state.withLock { $0.isGranted = true }
        bell.ring()
    }

    func kill(_ reason: String) {
        state.withLock { $0.death = reason }
        bell.ring()
    }
}
