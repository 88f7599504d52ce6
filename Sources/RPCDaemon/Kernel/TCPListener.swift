import CLinux
import Glibc

/// Ways to a TCP socket that listens and does not block.
package enum TCPListener {
    /// Connections that wait to be accepted, as many as the kernel allows by default.
    private static let backlog: Int32 = 1024

    /// Listens at a numeric address. What it accepts does not wait for acknowledgements.
    package static func open(_ address: SocketAddress) throws(Errno) -> FileDescriptor {
        FileDescriptor(
            owning: unsafe try Errno.check(
                clinux_listen_address(address.bytes, UInt32(address.bytes.count), backlog)))
    }

    /// Where a TCP socket is bound.
    package static func address(of number: Int32) -> TCPEndpoint? {
        var own = TCPEndpoint()
        let result = unsafe clinux_endpoints(number, &own.address, &own.port, nil, nil)
        return result < 0 ? nil : own
    }
}

/// One end of a TCP connection, or where a listener stands.
package struct TCPEndpoint: Equatable, Sendable {
    /// Sixteen bytes; an IPv4 address as IPv6 maps it.
    package var address = [UInt8](repeating: 0, count: 16)
    package var port: UInt16 = 0

    package init() {}

    package init(_ address: [UInt8], port: UInt16) {
        precondition(address.count == 16, "an address has 16 bytes")
        self.address = address
        self.port = port
    }

    /// Whether the address is an IPv4 one.
    package var isMapped: Bool {
        address[..<10].allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF
    }

    /// The address as a person writes it, without brackets.
    package var host: String {
        var text = [CChar](repeating: 0, count: 64)
        let isMapped = isMapped
        let bytes = isMapped ? Array(address[12...]) : address
        let family = isMapped ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else {
            return ""
        }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Address and port.
    package var text: String { isMapped ? "\(host):\(port)" : "[\(host)]:\(port)" }

    /// The two ends of a connected socket: its own, and the other side's.
    static func both(of number: Int32) throws(Errno) -> (own: TCPEndpoint, peer: TCPEndpoint) {
        var own = TCPEndpoint()
        var peer = TCPEndpoint()
        _ = unsafe try Errno.check(
            clinux_endpoints(number, &own.address, &own.port, &peer.address, &peer.port))
        return (own, peer)
    }
}
