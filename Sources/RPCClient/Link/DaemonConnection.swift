package import CrowdModelsProtocol
import Glibc

/// A connection to the daemon; it closes with the last reference, and the daemon then cancels what
/// was asked for on it.
package final class DaemonConnection {
    private let path: String
    /// Belongs to the connection, for whoever moves bytes and reads no messages.
    package let descriptor: Int32
    private var reader: AnswerReader
    private var lastID = 0

    /// Connects to the socket at that path.
    package init(to path: String) throws(Failure) {
        self.path = path
        descriptor = try Self.connect(to: path)
        reader = AnswerReader(descriptor: descriptor)
    }

    deinit {
        close(descriptor)
    }

    /// Sends a request and answers its id. What the daemon will not take it says in its answer, so
    /// a connection that it closed meanwhile is no failure yet.
    package func send(_ method: String, _ params: JSONValue? = nil) throws(Failure) -> JSONValue {
        lastID += 1
        let id = JSONValue.integer(lastID)
        var line = ByteBuffer()
        RPCRequest(id: id, method: method, params: params).write(to: &line)
        try write(&line)
        return id
    }

    /// Waits for the result of a request. Notifications go to `notified`.
    package func result(
        of id: JSONValue, notified: (JSONValue) throws(Failure) -> Void = { _ in }
    ) throws(Failure) -> JSONValue {
        while true {
            switch try message() {
            case .notification(_, let params): try notified(params)
            case .error(let answered, let error) where Self.concerns(answered, id):
                throw Failure(answer: error)
            case .result(id, let result): return result
            case .error, .result: continue
            }
        }
    }

    /// Whether an error about `answered` is one about the request: an error without an id is about
    /// the line or the connection, and this client has but one request at a time.
    package static func concerns(_ answered: JSONValue, _ id: JSONValue) -> Bool {
        answered == id || answered == .null
    }

    /// The next message, whatever it is.
    package func message() throws(Failure) -> RPCResponse {
        do throws(AnswerReader.Ending) {
            return try next()
        } catch {
            throw failure(error)
        }
    }

    /// Whether the next message is here already, so that `next` will not wait.
    package var isReady: Bool { reader.isReady() }

    /// The next message; see `AnswerReader.next` for the parameters.
    package func next(
        wake: Int32 = -1, deadline: MonotonicTime? = nil
    ) throws(AnswerReader.Ending) -> RPCResponse {
        let line = try reader.next(wake: wake, deadline: deadline)
        do throws(ShapeError) {
            return try RPCResponse(line: line.span)
        } catch {
            throw .invalid(error)
        }
    }

    /// What it means for the command that there is no further message.
    package func failure(_ ending: AnswerReader.Ending) -> Failure {
        switch ending {
        case .closed:
            Failure(.unavailable, "the daemon at \(path) closed the connection without an answer")
        case .interrupted: Failure(.interrupted, "interrupted")
        case .timedOut: Failure(.tryLater, "the daemon at \(path) does not answer")
        case .tooLong:
            Failure(
                .failed,
                "the daemon's answer is longer than \(AnswerReader.answerBytesMax) bytes "
                    + "(answer_bytes_max)")
        case .invalid(let error):
            Failure(.failed, "what answers at \(path) is no daemon of ours: \(error.sentence)")
        case .failed(let number):
            Failure(
                .unavailable, "cannot read from \(path): \(SystemError.text(number))")
        }
    }

    private func write(_ line: inout ByteBuffer) throws(Failure) {
        while !line.isEmpty {
            let sent = unsafe line.span.withUnsafeBytes { bytes in
                unsafe Glibc.send(
                    descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if sent >= 0 {
                line.consume(sent)
                continue
            }
            switch errno {
            case EINTR: continue
            case EPIPE, ECONNRESET: return
            case let error:
                throw Failure(
                    .unavailable, "cannot write to \(path): \(SystemError.text(error))")
            }
        }
    }

    private static func connect(to path: String) throws(Failure) -> Int32 {
        let descriptor = try open()
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let length = MemoryLayout<sockaddr_un>.size
        let hasRoom = unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard path.utf8.count < room.count else { return false }
            unsafe room.copyBytes(from: path.utf8)
            return true
        }
        guard hasRoom else {
            close(descriptor)
            throw Failure(.usage, "the socket path \(path) is longer than the system allows")
        }
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(length))
            }
        }
        if status == 0 { return descriptor }
        let error = errno
        close(descriptor)
        throw refusal(error, path)
    }

    /// A socket above the standard descriptors: where one of these is closed, the socket must not
    /// take its place and have the output written into it.
    private static func open() throws(Failure) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let moved = descriptor < 0 ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
        let error = errno
        if descriptor >= 0 { close(descriptor) }
        if moved < 0 {
            throw Failure(.failed, "cannot open a socket: \(SystemError.text(error))")
        }
        return moved
    }

    private static func isSocket(_ path: String) -> Bool {
        var information = stat()
        return unsafe stat(path, &information) != 0
            || information.st_mode & S_IFMT == S_IFSOCK
    }

    private static func refusal(_ error: Int32, _ path: String) -> Failure {
        switch error {
        case ECONNREFUSED, ENOTSOCK:
            isSocket(path)
                ? Failure(
                    .unavailable,
                    "no daemon: nothing listens at \(path); start it with crowd-models-executor")
                : Failure(
                    .unavailable, "\(path) is no socket; name the daemon's with --socket PATH")
        case ENOENT, ENOTDIR:
            Failure(
                .unavailable,
                "no daemon: there is no socket at \(path); start it with crowd-models-executor")
        case EACCES, EPERM:
            Failure(
                .permission,
                "you may not connect to \(path); the daemon's owner sets who may with "
                    + "[server] mode")
        case EAGAIN:
            Failure(.tryLater, "the daemon at \(path) has too many callers waiting; try again")
        default:
            Failure(.unavailable, "cannot connect to \(path): \(SystemError.text(error))")
        }
    }
}
