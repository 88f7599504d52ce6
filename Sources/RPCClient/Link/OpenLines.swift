import Glibc
import Synchronization

/// Which lines are begun and not ended, so that no message is ever glued to one: neither an error
/// nor what a signal handler says before it ends the program.
package enum OpenLines {
    private static let output = Atomic<Bool>(false)
    private static let errors = Atomic<Bool>(false)
    private static let waitingCells = Atomic<Int>(0)

    /// Touches what a signal handler may need: it must not be the first to ask for it.
    static func prepare() {
        output.store(false, ordering: .relaxed)
        errors.store(false, ordering: .relaxed)
        waitingCells.store(0, ordering: .relaxed)
    }

    /// Whether the text on standard output stands in the middle of a line.
    package static var isOutputOpen: Bool {
        get { output.load(ordering: .relaxed) }
        set { output.store(newValue, ordering: .relaxed) }
    }

    /// Whether the text on standard error does, as reasoning may.
    package static var isErrorOpen: Bool {
        get { errors.load(ordering: .relaxed) }
        set { errors.store(newValue, ordering: .relaxed) }
    }

    /// How many cells of standard error's line are taken by a remark that is to vanish.
    package static var waiting: Int {
        get { waitingCells.load(ordering: .relaxed) }
        set { waitingCells.store(newValue, ordering: .relaxed) }
    }

    /// Ends what is open; may be called by a signal handler.
    package static func end() {
        eraseWaiting()
        if output.exchange(false, ordering: .relaxed) { newline(STDOUT_FILENO) }
        if errors.exchange(false, ordering: .relaxed) { newline(STDERR_FILENO) }
    }

    /// Takes the remark away with spaces, which every terminal understands.
    package static func eraseWaiting() {
        let cells = waitingCells.exchange(0, ordering: .relaxed)
        if cells == 0 { return }
        put(STDERR_FILENO, 13)
        for _ in 0..<cells { put(STDERR_FILENO, 32) }
        put(STDERR_FILENO, 13)
    }

    private static func newline(_ descriptor: Int32) { put(descriptor, 10) }

    private static func put(_ descriptor: Int32, _ byte: UInt8) {
        var byte = byte
        _ = unsafe write(descriptor, &byte, 1)
    }
}
