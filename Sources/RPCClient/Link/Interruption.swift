import Glibc
import Synchronization

/// Ctrl-C, `--timeout` and a reader that has gone.
///
/// SIGINT ends the program at once with 130, until a request runs that is worth cancelling: from
/// then on the first one wakes whoever waits for the daemon, and only a second one ends the
/// program. SIGINT is caught even where the caller had it ignored, as a shell does for what it
/// starts with `&`: a completion that nobody waits for any more should not keep a model busy.
package enum Interruption {
    /// The end of a pipe to write to at the first SIGINT; negative where it ends the program.
    private static let wakeWriter = Atomic<Int32>(-1)
    /// The pipe, made once and kept; negative until then.
    private static let pipeReader = Atomic<Int32>(-1)
    private static let pipeWriter = Atomic<Int32>(-1)
    private static let requested = Atomic<Bool>(false)
    /// What to say when time is up. Written once, before the signal can come.
    private nonisolated(unsafe) static var timeoutMessage: UnsafeMutableBufferPointer<UInt8>?

    /// Whether a first Ctrl-C came that is to cancel the request.
    package static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// From now on SIGINT ends the program with 130.
    package static func prepare() {
        // Made now: a signal handler must not be the first to ask for them.
        wakeWriter.store(-1, ordering: .relaxed)
        requested.store(false, ordering: .relaxed)
        OpenLines.prepare()
        catching(SIGINT) { _ in
            let wake = Interruption.wakeWriter.exchange(-1, ordering: .relaxed)
            if wake < 0 {
                TerminalMode.leave()
                OpenLines.end()
                _exit(ExitCode.interruptedNumber)
            }
            Interruption.requested.store(true, ordering: .relaxed)
            var byte: UInt8 = 1
            _ = unsafe write(wake, &byte, 1)
        }
    }

    /// From now on the first SIGINT makes the returned descriptor readable instead; -1 where there
    /// is no descriptor left, and then SIGINT goes on ending the program.
    package static func wakeInstead() -> Int32 {
        requested.store(false, ordering: .relaxed)
        var reader = pipeReader.load(ordering: .relaxed)
        if reader < 0 {
            var ends: [Int32] = [-1, -1]
            guard unsafe pipe(&ends) == 0 else { return -1 }
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
            reader = ends[0]
            pipeReader.store(ends[0], ordering: .relaxed)
            pipeWriter.store(ends[1], ordering: .relaxed)
        }
        // What an earlier Ctrl-C left there.
        var byte: UInt8 = 0
        while unsafe read(reader, &byte, 1) > 0 {}
        wakeWriter.store(pipeWriter.load(ordering: .relaxed), ordering: .relaxed)
        return reader
    }

    /// From now on SIGINT ends the program again, and an earlier one is forgotten.
    package static func forget() {
        wakeWriter.store(-1, ordering: .relaxed)
        requested.store(false, ordering: .relaxed)
    }

    /// Ends the program after that many seconds, whatever it is doing.
    package static func limit(seconds: Double, message: String) {
        let bytes = Array((message + "\n").utf8)
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = unsafe copy.initialize(from: bytes)
        unsafe timeoutMessage = copy
        catching(SIGALRM) { _ in
            TerminalMode.leave()
            OpenLines.end()
            if let message = unsafe Interruption.timeoutMessage {
                _ = unsafe write(STDERR_FILENO, message.baseAddress, message.count)
            }
            _exit(ExitCode.tryLaterNumber)
        }
        let microseconds = Int((seconds * 1_000_000).rounded(.up))
        var timer = itimerval()
        timer.it_value.tv_sec = microseconds / 1_000_000
        timer.it_value.tv_usec = microseconds % 1_000_000
        _ = unsafe setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    }

    /// Ends the program as a broken pipe ends any other, even where the caller had SIGPIPE ignored.
    package static func endByBrokenPipe() -> Never {
        TerminalMode.leave()
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        _exit(128 + SIGPIPE)
    }

    /// Whether a signal does something else than end the program already: whoever started it has it
    /// ignored, as `nohup` does, or it is the time limit's.
    static func isSpokenFor(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return true }
        let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        let isIgnored = handler == 1
        return isIgnored || number == SIGALRM && handler != 0
    }

    /// Without SA_RESTART: a blocked write has to notice. The signal is unblocked too, since a
    /// caller that blocks it passes that on.
    static func catching(
        _ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void
    ) {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = handler
        _ = unsafe sigaction(number, &action, nil)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, number)
        _ = unsafe sigprocmask(SIG_UNBLOCK, &signals, nil)
    }
}
