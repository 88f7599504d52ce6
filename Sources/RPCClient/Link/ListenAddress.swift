import Glibc

/// Where the daemon says that it listens for HTTP: an address in numbers, and a port.
package struct ListenAddress: Equatable {
    /// Where to connect to: the loopback address where the daemon listens on all of them.
    package let address: SocketAddress

    /// Reads `127.0.0.1:8000` or `[::1]:8000`; nil for anything else, and for port 0.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let family = isBracketed ? AF_INET6 : AF_INET
        var bytes = [UInt8](repeating: 0, count: isBracketed ? 16 : 4)
        let name = isBracketed ? String(host.dropFirst().dropLast()) : String(host)
        guard unsafe inet_pton(family, name, &bytes) == 1 else { return nil }
        if bytes.allSatisfy({ $0 == 0 }) {
            bytes = isBracketed ? bytes.dropLast() + [1] : [127, 0, 0, 1]
        }
        address = SocketAddress(bytes: bytes, port: port)
    }

    /// The base of its URLs, without a slash at the end.
    package var url: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isLong = address.bytes.count == 16
        _ = unsafe inet_ntop(
            isLong ? AF_INET6 : AF_INET, address.bytes, &text, socklen_t(text.count))
        let host = String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "http://" + (isLong ? "[\(host)]" : host) + ":\(address.port)"
    }
}
