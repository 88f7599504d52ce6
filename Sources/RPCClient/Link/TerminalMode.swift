import Glibc
import Synchronization

/// The way the terminal on standard input behaves while a program has it for itself, and the way
/// back, which is taken whatever ends the program: its end, a signal, a crash, a stop by Ctrl-Z.
package enum TerminalMode {
    package enum Kind: Sendable {
        /// Every key comes as bytes, Ctrl-C too; pastes are bracketed.
        case editing
        /// Nothing that is typed is shown, and Ctrl-C is a signal.
        case answering
        /// As `editing`, with a screen of its own.
        case screen
    }

    private static let isEntered = Atomic<Bool>(false)
    private static let hasScreen = Atomic<Bool>(false)
    private static let wakeWriter = Atomic<Int32>(-1)
    /// As the terminal was. Written once, before a handler may read it.
    private nonisolated(unsafe) static let original = unsafe room()
    private nonisolated(unsafe) static let entered = unsafe room()
    private nonisolated(unsafe) static var wakeReader: Int32 = -1

    /// A descriptor that becomes readable when the terminal changed its size or is ours again.
    package static var changes: Int32 { unsafe wakeReader }

    /// Takes the terminal, or has it in another way from now on; false where it cannot be had.
    package static func enter(_ kind: Kind) -> Bool {
        if unsafe wakeReader < 0, !prepare() { return false }
        unsafe entered.pointee = unsafe original.pointee
        unsafe entered.pointee.c_lflag &= ~tcflag_t(ICANON | ECHO)
        // Enter is Enter in every mode: what is typed ahead is read in the next one.
        unsafe entered.pointee.c_iflag &= ~tcflag_t(ICRNL | INLCR)
        if kind != .answering {
            unsafe entered.pointee.c_lflag &= ~tcflag_t(ISIG | IEXTEN)
            unsafe entered.pointee.c_iflag &= ~tcflag_t(IXON)
        }
        guard apply() else { return false }
        isEntered.store(true, ordering: .relaxed)
        let isScreen = kind == .screen
        hasScreen.store(isScreen, ordering: .relaxed)
        put(isScreen ? "\u{1B}[?1049h\u{1B}[?25l" : kind == .editing ? "\u{1B}[?2004h" : "")
        return true
    }

    /// Gives the terminal back as it was; may be called by a signal handler, and twice.
    package static func leave() {
        guard isEntered.exchange(false, ordering: .relaxed) else { return }
        let hadScreen = hasScreen.load(ordering: .relaxed)
        put(hadScreen ? "\u{1B}[?25h\u{1B}[?1049l" : "\u{1B}[?2004l")
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, original)
    }

    /// Stops the program as Ctrl-Z does elsewhere; back again, the terminal is taken anew.
    package static func suspend() { raise(SIGTSTP) }

    /// Reads away what made `changes` readable.
    package static func drainChanges() {
        var byte: UInt8 = 0
        while unsafe read(wakeReader, &byte, 1) > 0 {}
    }

    /// Not a variable of its own: the compiler (Swift 6.3) gives one the size of its members
    /// without what lies between them, three bytes less than the kernel's answer takes.
    private static func room() -> UnsafeMutablePointer<termios> {
        let room = UnsafeMutablePointer<termios>.allocate(capacity: 1)
        unsafe room.initialize(to: termios())
        return unsafe room
    }

    /// All that end a program that does not ask for them (signal(7)), and can be caught.
    private static let endingSignals =
        [
            SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGSYS,
            SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO, SIGPWR,
            SIGSTKFLT,
        ] + Array(__libc_current_sigrtmin()...__libc_current_sigrtmax())

    private static func prepare() -> Bool {
        guard unsafe tcgetattr(STDIN_FILENO, original) == 0 else { return false }
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return false }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        unsafe wakeReader = ends[0]
        wakeWriter.store(ends[1], ordering: .relaxed)
        Interruption.catching(SIGWINCH) { _ in TerminalMode.wake() }
        Interruption.catching(SIGTSTP, stop)
        Interruption.catching(SIGCONT) { _ in
            if TerminalMode.isEntered.load(ordering: .relaxed) { return }
            TerminalMode.resume()
        }
        for number in endingSignals where !Interruption.isSpokenFor(number) {
            Interruption.catching(number) { number in
                TerminalMode.leave()
                signal(number, SIG_DFL)
                // It is blocked until this handler returns, and then ends the program.
                raise(number)
            }
        }
        return true
    }

    private static let wasStopped = Atomic<Bool>(false)

    private static let stop: @convention(c) (Int32) -> Void = { _ in
        let wasEntered = TerminalMode.isEntered.load(ordering: .relaxed)
        TerminalMode.wasStopped.store(wasEntered, ordering: .relaxed)
        TerminalMode.leave()
        raise(SIGSTOP)
    }

    private static func resume() {
        guard wasStopped.exchange(false, ordering: .relaxed) else { return }
        guard apply() else { return }
        isEntered.store(true, ordering: .relaxed)
        put(hasScreen.load(ordering: .relaxed) ? "\u{1B}[?1049h\u{1B}[?25l" : "\u{1B}[?2004h")
        wake()
    }

    private static func apply() -> Bool {
        unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, entered) == 0
    }

    private static func wake() {
        var byte: UInt8 = 1
        _ = unsafe write(wakeWriter.load(ordering: .relaxed), &byte, 1)
    }

    private static func put(_ sequence: StaticString) {
        _ = unsafe write(STDOUT_FILENO, sequence.utf8Start, sequence.utf8CodeUnitCount)
    }
}
