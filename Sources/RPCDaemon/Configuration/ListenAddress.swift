/// A numeric address and a port to listen on: `127.0.0.1:11434`, `[::1]:8000`.
///
/// No name: what a name means may change, and with it who can reach the port.
package struct ListenAddress: Equatable, Sendable {
    /// IPv6 without brackets.
    package let host: String
    /// 0 lets the system choose.
    package let port: UInt16
    /// As it was written.
    package let original: String

    /// Nil for what is none.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]),
            text[text.index(after: colon)...].utf8.allSatisfy(TOMLParser.isDigit)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard InternetAddress.isIPv6(host) else { return nil }
        } else {
            guard InternetAddress.isIPv4(host) else { return nil }
        }
        self.host = String(host)
        self.port = port
        original = text
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }
}
