import Glibc
import HTTP

/// A socket with an address of its own that nobody listens on yet: who connects to it is refused.
struct BoundSocket: ~Copyable {
    let number: Int32
    let address: ServerAddress
    /// The same port of the other loopback address, held so that nobody else is there.
    private var twin: Int32 = -1

    private static let type =
        Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        | Int32(SOCK_NONBLOCK.rawValue)

    /// A port of 127.0.0.1.
    init() {
        let (number, port) = Self.bindIPv4(port: 0)
        self.number = number
        address = .host("127.0.0.1", port: port)
    }

    /// A port that localhost has on ::1 alone; nil where there is no IPv6.
    init?(onIPv6Only: Void) {
        for _ in 0..<16 {
            let (twin, port) = Self.bindIPv4(port: 0)
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            name.sin6_addr = in6addr_loopback
            let number = socket(AF_INET6, Self.type, 0)
            if number >= 0, Self.bind(number, &name) {
                self.number = number
                self.twin = twin
                address = .host("localhost", port: port)
                return
            }
            close(number)
            close(twin)
        }
        return nil
    }

    /// A Unix socket at `path`.
    init(at path: String) {
        number = socket(AF_UNIX, Self.type, 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        precondition(Self.bind(number, &name))
        address = .unix(path)
    }

    deinit {
        close(number)
        if twin >= 0 { close(twin) }
    }

    /// Lets the kernel take connections. What it is sent and nobody reads stays with the sender,
    /// most of it.
    func listen(backlog: Int32) {
        var bytes: Int32 = 65_536
        setsockopt(number, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        precondition(Glibc.listen(number, backlog) == 0)
    }

    private static func bindIPv4(port: UInt16) -> (number: Int32, port: UInt16) {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let number = socket(AF_INET, type, 0)
        precondition(bind(number, &name))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &name) {
            getsockname(
                number, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        precondition(result == 0)
        return (number, UInt16(bigEndian: name.sin_port))
    }

    private static func bind<Name>(_ number: Int32, _ name: inout Name) -> Bool {
        withUnsafeBytes(of: &name) {
            Glibc.bind(
                number, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count)) == 0
        }
    }
}

/// Another number of the same file, which no program that a test starts inherits.
func duplicate(of number: Int32) -> Int32 {
    fcntl(number, F_DUPFD_CLOEXEC, 0)
}
