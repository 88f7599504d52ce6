import Glibc

/// Accepts connections at one address, each on a thread of its own.
struct Listener {
    enum Address: Sendable {
        /// An address in the kernel's form.
        case ipv4(host: in_addr, port: UInt16)
        case ipv6(port: UInt16)
        case unix(path: String)
    }

    struct Failure: Error { let message: String }

    private let simulation: Simulation
    private var address: Address
    private var descriptor: Int32 = -1
    private let bell: Bell

    static let backlog: Int32 = 1024

    /// Binds and listens; with port 0 the kernel chooses one.
    init(_ simulation: Simulation, _ address: Address) throws(Failure) {
        self.simulation = simulation
        self.address = address
        bell = simulation.gate.addListener()
        try bind()
        switch address {
        case .ipv4(let host, 0): self.address = .ipv4(host: host, port: boundPort)
        case .ipv6(0): self.address = .ipv6(port: boundPort)
        default: break
        }
        listen(descriptor, Listener.backlog)
    }

    var port: UInt16? {
        switch address {
        case .ipv4(_, let port), .ipv6(let port): port
        case .unix: nil
        }
    }

    var url: String {
        switch address {
        case .ipv4(let host, let port):
            "http://\(String(cString: inet_ntoa(host))):\(port)"
        case .ipv6(let port): "http://[::1]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// Accepts for ever.
    mutating func run() {
        var number = descriptor
        while true {
            while simulation.gate.closedUntil > Clock.now { standAside(&number) }
            var watched = [
                pollfd(fd: number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&watched, 2, -1) < 0 { continue }
            if watched[1].revents != 0 {
                bell.drain()
                continue
            }
            let accepted = accept(number, nil, nil)
            if accepted < 0 {
                // No descriptor is left: those that are open will end.
                if errno == EMFILE || errno == ENFILE { usleep(10_000) }
                continue
            }
            let simulation = simulation
            simulation.gate.enter(accepted)
            let isRunning = Thread.start {
                Connection(simulation, Socket(descriptor: accepted)).run()
            }
            if !isRunning {
                simulation.gate.leave(accepted)
                close(accepted)
            }
        }
    }

    /// Refuses connections until the gate opens. The port stays bound, though not listening, so
    /// that no other program gets it.
    private mutating func standAside(_ number: inout Int32) {
        close(number)
        try? bind()
        number = descriptor
        simulation.gate.stoodAside()
        while !simulation.gate.mayReturn() {
            let until = simulation.gate.closedUntil
            let now = Clock.now
            var watched = [pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0)]
            let left = Int32(clamping: (max(until, now) - now) / 1_000_000 + 1)
            if poll(&watched, 1, left) > 0 { bell.drain() }
        }
        listen(number, Listener.backlog)
    }

    private mutating func bind() throws(Failure) {
        switch address {
        case .ipv4(let host, let port):
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr = host
            try bind(AF_INET, &name)
        case .ipv6(let port):
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            name.sin6_addr = in6addr_loopback
            try bind(AF_INET6, &name)
        case .unix(let path):
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            guard bytes.count < MemoryLayout.size(ofValue: name.sun_path) else {
                throw Failure(message: "the path \(path) is too long for a Unix socket")
            }
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
            unlink(path)
            try bind(AF_UNIX, &name)
        }
    }

    private mutating func bind<Name>(_ family: Int32, _ name: inout Name) throws(Failure) {
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        if family == AF_INET6 {
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, 4)
        }
        let bound = withUnsafeBytes(of: &name) { bytes in
            Glibc.bind(
                descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count))
        }
        if bound != 0 {
            throw Failure(message: "cannot listen on \(url): \(String(cString: strerror(errno)))")
        }
    }

    private var boundPort: UInt16 {
        var name = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutableBytes(of: &name) { bytes in
            _ = getsockname(
                descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), &size)
        }
        // The port stands at the same place in both families' names.
        return UInt16(bigEndian: name.sin6_port)
    }
}
