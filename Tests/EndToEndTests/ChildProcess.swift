import Glibc
import Synchronization

/// A program that a test started: its standard input and output are pipes held here.
///
/// It is ended and waited for, at the latest, when the last reference goes.
final class ChildProcess {
    struct Failure: Error { let message: String }

    let identifier: pid_t
    private var input: Int32
    private let output: Int32
    private var pending: [UInt8] = []
    private var exitStatus: Int32?

    /// Two starts at once would leak the ends of one's pipes into the other's child.
    private static let starting = Mutex(())

    init(_ path: String, _ arguments: [String], errorsToOutput: Bool = false) throws {
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        var child: pid_t = 0
        let failure = ChildProcess.starting.withLock { _ -> Int32 in
            precondition(pipe(&toChild) == 0 && pipe(&fromChild) == 0)
            for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
            posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
            if errorsToOutput { posix_spawn_file_actions_adddup2(&actions, fromChild[1], 2) }
            defer { posix_spawn_file_actions_destroy(&actions) }
            var words = ([path] + arguments).map { strdup($0) } + [nil]
            defer { words.forEach { free($0) } }
            let failure = posix_spawn(&child, path, &actions, nil, &words, environ)
            close(toChild[0])
            close(fromChild[1])
            return failure
        }
        identifier = child
        input = toChild[1]
        output = fromChild[0]
        if failure != 0 {
            exitStatus = -1
            throw Failure(message: "cannot start \(path): \(String(cString: strerror(failure)))")
        }
    }

    deinit {
        if exitStatus == nil { kill(identifier, SIGKILL) }
        _ = wait()
        closeInput()
        close(output)
    }

    func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    func signal(_ number: Int32) { kill(identifier, number) }

    /// The exit status, or minus the signal that ended it.
    func wait() -> Int32 {
        if let exitStatus { return exitStatus }
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
        exitStatus = code
        return code
    }

    /// The next line of its output, or what is left when it has ended.
    func readLine() -> String {
        while true {
            if let end = pending.firstIndex(of: 10) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + 1)
                return line
            }
            if !fill() {
                defer { pending = [] }
                return String(decoding: pending, as: UTF8.self)
            }
        }
    }

    func readToEnd() -> String {
        while fill() {}
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    private func fill() -> Bool {
        var space = [UInt8](repeating: 0, count: 4096)
        let count = read(output, &space, space.count)
        if count <= 0 { return false }
        pending += space[..<count]
        return true
    }
}
