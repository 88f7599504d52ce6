import Glibc
import Synchronization

/// A program that a test started: its standard input, output and errors are pipes held here.
///
/// It is ended and waited for, at the latest, when the last reference goes.
final class ChildProcess {
    struct Failure: Error { let message: String }

    let identifier: pid_t
    private var input: Int32
    var output: LineReader
    /// Its standard error; at its end from the start where it goes to the output.
    var errors: LineReader
    private var exitStatus: Int32?

    /// Two starts at once would leak the ends of one's pipes into the other's child.
    private static let starting = Mutex(())

    /// Starts the program at `path`. `environment` replaces this process's own; `passing` are
    /// descriptors that the child gets as 3, 4 and so on.
    init(
        _ path: String, _ arguments: [String], errorsToOutput: Bool = false,
        environment: [String: String]? = nil, passing: [Int32] = []
    ) throws {
        let pipes = Pipes()
        var child: pid_t = 0
        let failure = ChildProcess.starting.withLock { _ -> Int32 in
            pipes.open()
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            pipes.install(in: &actions, errorsToOutput: errorsToOutput)
            // Far above the numbers they get, so that none overwrites another.
            let passed = passing.map { fcntl($0, F_DUPFD_CLOEXEC, 100) }
            defer { passed.forEach { close($0) } }
            for (index, descriptor) in passed.enumerated() {
                posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(3 + index))
            }
            // Whatever else this process was given stays with it, or a child's limit on
            // descriptors would be met too soon.
            for descriptor: Int32 in 3..<256 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            var words = ([path] + arguments).map { strdup($0) } + [nil]
            var variables = environment?.map { strdup("\($0.key)=\($0.value)") } ?? []
            variables.append(nil)
            defer { (words + variables).forEach { free($0) } }
            let failure =
                environment == nil
                ? posix_spawn(&child, path, &actions, nil, &words, environ)
                : posix_spawn(&child, path, &actions, nil, &words, &variables)
            pipes.closeChildEnds()
            return failure
        }
        identifier = child
        input = pipes.toChild[1]
        output = LineReader(pipes.fromChild[0])
        errors = LineReader(pipes.errors[0])
        if failure != 0 {
            exitStatus = -1
            throw Failure(message: "cannot start \(path): \(String(cString: strerror(failure)))")
        }
    }

    deinit {
        if exitStatus == nil { kill(identifier, SIGKILL) }
        _ = wait()
        closeInput()
        close(output.descriptor)
        close(errors.descriptor)
    }

    func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        var at = 0
        while at < bytes.count {
            let count = bytes[at...].withUnsafeBytes {
                Glibc.write(input, $0.baseAddress, $0.count)
            }
            if count <= 0 { return }
            at += count
        }
    }

    func signal(_ number: Int32) {
        if exitStatus == nil { kill(identifier, number) }
    }

    /// The exit status, or minus the signal that ended it.
    func wait() -> Int32 {
        if let exitStatus { return exitStatus }
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
        exitStatus = code
        return code
    }

    /// The next line of its output; empty when it has ended.
    func readLine() throws -> String { try output.next() ?? "" }

    func readToEnd() throws -> String { try output.toEnd() }
}

/// The pipes between a test and its child while it is started.
private final class Pipes {
    /// F_SETPIPE_SZ of Linux, which Glibc's module leaves out.
    private static let setSize: Int32 = 1031

    private(set) var toChild: [Int32] = [-1, -1]
    private(set) var fromChild: [Int32] = [-1, -1]
    private(set) var errors: [Int32] = [-1, -1]

    func open() {
        precondition(pipe(&toChild) == 0 && pipe(&fromChild) == 0 && pipe(&errors) == 0)
        for end in toChild + fromChild + errors { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // What nobody reads for a while must not stop the child.
        for end in [fromChild[0], errors[0]] { _ = fcntl(end, Pipes.setSize, 1 << 20) }
    }

    func install(in actions: inout posix_spawn_file_actions_t, errorsToOutput: Bool) {
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        posix_spawn_file_actions_adddup2(&actions, errorsToOutput ? fromChild[1] : errors[1], 2)
    }

    func closeChildEnds() {
        close(toChild[0])
        close(fromChild[1])
        close(errors[1])
    }
}
