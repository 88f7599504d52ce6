import CrowdModelsProtocol
import Glibc

/// A connection to the daemon; it closes with the last reference, and the daemon then cancels what
/// was asked for on it.
final class DaemonConnection {
    private let path: String
    private let descriptor: Int32
    private var reader: LineReader
    private var lastID = 0

    /// Connects to the socket at that path.
    init(to path: String) throws(Failure) {
        self.path = path
        descriptor = try Self.connect(to: path)
        reader = LineReader(descriptor: descriptor)
    }

    deinit {
        close(descriptor)
    }

    /// Sends a request and answers its id. What the daemon will not take it says in its answer, so
    /// a connection that it closed meanwhile is no failure yet.
    func send(_ method: String, _ params: JSONObject) throws(Failure) -> String {
        var text = ByteBuffer()
        if !params.members.isEmpty { JSONValue.object(params).write(to: &text) }
        return try send(method, paramsText: text)
    }

    /// Sends a request whose params are valid JSON on one line, or nothing.
    func send(_ method: String, paramsText: borrowing ByteBuffer) throws(Failure) -> String {
        lastID += 1
        var line = ByteBuffer(capacity: paramsText.count + 128)
        line.append("{\"jsonrpc\":\"2.0\",\"id\":")
        line.append(decimal: lastID)
        line.append(",\"method\":")
        line.append(string: method)
        if !paramsText.isEmpty {
            line.append(",\"params\":")
            line.append(paramsText.span)
        }
        line.append("}\n")
        try write(&line)
        return String(lastID)
    }

    /// Calls a method and waits for its result. Notifications go to `notified`.
    func call(
        _ method: String, _ params: JSONObject = JSONObject(),
        notified: (borrowing Message) throws(Failure) -> Void = { _ in }
    ) throws(Failure) -> Answer {
        let id = try send(method, params)
        return try result(of: id, notified: notified)
    }

    /// Waits for the result of a request. Notifications go to `notified`.
    func result(
        of id: String, notified: (borrowing Message) throws(Failure) -> Void = { _ in }
    ) throws(Failure) -> Answer {
        while true {
            let message = try message()
            if message.methodName != nil {
                try notified(message)
            } else if let failure = Self.failure(in: message, of: id) {
                throw failure
            } else if message.idToken == id {
                return message.content
            }
        }
    }

    /// The next message, whatever it is.
    func message() throws(Failure) -> Message {
        do throws(LineReader.Ending) {
            return try next()
        } catch {
            throw failure(error)
        }
    }

    /// Whether the next message is here already, so that `next` will not wait.
    var isReady: Bool { reader.isReady() }

    /// The next message; see `LineReader.next` for the parameters.
    func next(
        wake: Int32 = -1, deadline: MonotonicTime? = nil
    ) throws(LineReader.Ending) -> Message {
        let line = try reader.next(wake: wake, deadline: deadline)
        do throws(JSONError) {
            return try Message(line)
        } catch {
            throw .invalid(error)
        }
    }

    /// The error with which the daemon answered that request, or refused the whole connection.
    static func failure(in message: borrowing Message, of id: String) -> Failure? {
        guard let error = message.errorValue else { return nil }
        let token = message.idToken ?? "null"
        return token == id || token == "null" ? Failure(answer: error) : nil
    }

    /// What it means for the command that there is no further message.
    func failure(_ ending: LineReader.Ending) -> Failure {
        switch ending {
        case .closed:
            Failure(.unavailable, "the daemon at \(path) closed the connection without an answer")
        case .interrupted: Failure(.interrupted, "interrupted")
        case .timedOut: Failure(.tryLater, "the daemon at \(path) does not answer")
        case .tooLong:
            Failure(
                .failed,
                "the daemon's answer is longer than \(LineReader.answerBytesMax) bytes "
                    + "(answer_bytes_max)")
        case .invalid(let error):
            Failure(.failed, "what answers at \(path) is no daemon of ours: \(error.message)")
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

    private static func refusal(_ error: Int32, _ path: String) -> Failure {
        switch error {
        case ECONNREFUSED, ENOTSOCK:
            Failure(
                .unavailable,
                "no daemon: nothing listens at \(path); start it with crowd-models-executor")
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
