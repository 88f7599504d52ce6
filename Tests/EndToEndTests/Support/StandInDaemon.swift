import CrowdModelsProtocol
import Glibc
import Synchronization

/// A socket that answers as a test tells it to, for what the real daemon would not say.
///
/// It serves one client at a time on a thread of its own, until the last reference goes.
final class StandInDaemon: Sendable {
    /// What to do about a request.
    enum Reply: Sendable {
        case lines([String])
        /// Says nothing.
        case silence
        /// Closes the connection after these lines.
        case closing([String])
    }

    let path: String
    private let core: Core

    /// Listens in the folder; `reply` says what each request, read as JSON, is answered with.
    init(
        in folder: TestFolder, name: String = "stand-in",
        _ reply: @escaping @Sendable (JSONValue) -> Reply
    ) {
        path = "\(folder.path)/\(name)"
        core = Core(listener: StandInDaemon.listen(path), reply)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(core)
        pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Core>.fromOpaque(context!).takeRetainedValue().serve()
                return nil
            }, context.toOpaque())
        pthread_detach(thread)
    }

    /// Answers every request with this error.
    convenience init(
        in folder: TestFolder, name: String = "stand-in", error: ErrorCode, _ message: String
    ) {
        let data: JSONValue = ["kind": .string(error.kind), "retryable": false]
        let object: JSONValue = [
            "code": .integer(error.code), "message": .string(message), "data": data,
        ]
        self.init(in: folder, name: name) { .lines([StandInDaemon.error($0["id"]!, object)]) }
    }

    deinit { shutdown(core.listener, Int32(SHUT_RDWR)) }

    /// The requests so far, but for `check`.
    var received: [JSONValue] { core.received.withLock { $0 } }

    /// The requests of that method so far.
    func received(_ method: String) -> [JSONValue] {
        received.filter { $0["method"]?.stringValue == method }
    }

    static func result(_ id: JSONValue, _ result: JSONValue) -> String {
        (["jsonrpc": "2.0", "id": id, "result": result] as JSONValue).text
    }

    static func error(_ id: JSONValue, _ error: JSONValue) -> String {
        (["jsonrpc": "2.0", "id": id, "error": error] as JSONValue).text
    }

    static func note(_ method: String, _ params: JSONValue) -> String {
        (["jsonrpc": "2.0", "method": .string(method), "params": params] as JSONValue).text
    }

    /// A finished completion with that text.
    static func completion(_ text: String, _ reason: String = "stop") -> JSONValue {
        [
            "content": .string(text), "model": "m", "backend": "b",
            "finish_reason": .string(reason),
            "usage": ["prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7],
            "stats": [
                "tokens_per_second": 31.24, "time_to_first_token": 0.25, "queue_time": 0,
                "total_time": 1.5, "source": "measured",
            ],
        ]
    }

    private static func listen(_ path: String) -> Int32 {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(status == 0 && Glibc.listen(listener, 16) == 0)
        return listener
    }

    private final class Core: Sendable {
        let listener: Int32
        let received = Mutex<[JSONValue]>([])
        private let reply: @Sendable (JSONValue) -> Reply

        init(listener: Int32, _ reply: @escaping @Sendable (JSONValue) -> Reply) {
            self.listener = listener
            self.reply = reply
        }

        func serve() {
            while true {
                let client = accept(listener, nil, nil)
                if client < 0 { break }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                serve(client)
                close(client)
            }
            close(listener)
        }

        private func serve(_ client: Int32) {
            var reader = LineReader(client)
            while let line = try? reader.next() {
                guard let request = try? JSONValue(parsing: line) else { return }
                // It finds every model that the client asks `check` about.
                if request["method"] == "check", let id = request["id"] {
                    send([StandInDaemon.result(id, ["valid": true])], to: client)
                    continue
                }
                received.withLock { $0.append(request) }
                switch reply(request) {
                case .silence: continue
                case .lines(let lines): send(lines, to: client)
                case .closing(let lines):
                    send(lines, to: client)
                    return
                }
            }
        }

        private func send(_ lines: [String], to client: Int32) {
            let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
            _ = Glibc.send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }
}
