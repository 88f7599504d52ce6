import Glibc
import Synchronization

/// A program that this one was started for: it has the terminal, gets the signals, and its end is
/// ours. There is one at most.
package final class ChildProgram {
    private let pid: pid_t
    /// Readable when something has happened to it, or to us.
    package let wake: Int32

    /// Where signal handlers write: the signal's number, and whether a program sent it.
    private static let writer = Atomic<Int32>(-1)

    /// Starts the program of that name, found as a shell finds it.
    package init(
        _ name: String, _ arguments: [String], _ variables: [(name: String, value: String)]
    ) throws(Failure) {
        wake = try Self.watchSignals()
        for variable in variables { unsafe setenv(variable.name, variable.value, 1) }
        var words = unsafe ([name] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var child: pid_t = 0
        let status = unsafe posix_spawnp(&child, name, nil, nil, &words, environ)
        guard status == 0 else {
            if status == ENOENT {
                throw Failure(
                    .unavailable, "there is no program \(name) in $PATH; is it installed?")
            }
            throw Failure(.failed, "cannot start \(name): \(SystemError.text(status))")
        }
        pid = child
    }

    /// How it ended.
    package enum Ending: Equatable {
        case exited(Int32)
        case killed(Int32)
    }

    /// Deals with what `wake` told of: passes signals on; the ending, once there is one.
    package func attend() -> Ending? {
        var news: [UInt8] = [0, 0]
        while unsafe read(wake, &news, 2) == 2 {
            // A terminal sends its signals to everybody in front of it, the program too.
            if news[0] != SIGCHLD, news[1] == 1 { kill(pid, Int32(news[0])) }
        }
        var status: Int32 = 0
        guard unsafe waitpid(pid, &status, WNOHANG) == pid else { return nil }
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal)
    }

    /// Waits for its end, and meanwhile for nothing else.
    package func wait() -> Ending {
        while true {
            var item = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&item, 1, -1)
            if let ending = attend() { return ending }
        }
    }

    private static let passedOn = [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2]

    private static func watchSignals() throws(Failure) -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw Failure(.failed, "cannot make a pipe: \(SystemError.text(errno))")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        writer.store(ends[1], ordering: .relaxed)
        for number in passedOn + [SIGCHLD] {
            var action = sigaction()
            action.sa_flags = SA_SIGINFO | SA_RESTART
            unsafe action.__sigaction_handler.sa_sigaction = { number, information, _ in
                let isSent = unsafe (information?.pointee.si_code ?? 0) <= 0
                var news: (UInt8, UInt8) = (UInt8(truncatingIfNeeded: number), isSent ? 1 : 0)
                _ = unsafe write(ChildProgram.writer.load(ordering: .relaxed), &news, 2)
            }
            _ = unsafe sigaction(number, &action, nil)
            // Who blocks a signal passes that on to what it starts.
            var signals = sigset_t()
            unsafe sigemptyset(&signals)
            unsafe sigaddset(&signals, number)
            _ = unsafe sigprocmask(SIG_UNBLOCK, &signals, nil)
        }
        return ends[0]
    }
}

extension ChildProgram.Ending {
    /// Ends this program the same way.
    package func follow() -> Never {
        switch self {
        case .exited(let status): exit(status)
        case .killed(let number):
            signal(number, SIG_DFL)
            var signals = sigset_t()
            unsafe sigemptyset(&signals)
            unsafe sigaddset(&signals, number)
            _ = unsafe sigprocmask(SIG_UNBLOCK, &signals, nil)
            raise(number)
            _exit(128 + number)
        }
    }
}
