/// Where to listen with TCP: a numeric address and a port.
package struct ListenAddress: Equatable, Sendable {
    /// As it stood in the file, such as `127.0.0.1:11434` or `[::1]:8000`.
    package let text: String
    /// The address, without brackets.
    package let host: String
    /// 0 for one that the kernel chooses.
    package let port: UInt16

    /// Reads it; nil for what is none. `localhost` is the loopback's IPv4 address, which is what
    /// programs mean that know no other.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]),
            text.utf8[colon...].dropFirst().allSatisfy({ $0 &- 48 < 10 })
        else { return nil }
        let place = text[..<colon]
        if place.hasPrefix("["), place.hasSuffix("]") {
            let address = place.dropFirst().dropLast()
            guard InternetAddress.isIPv6(address) else { return nil }
            host = String(address)
        } else if place == "localhost" {
            host = "127.0.0.1"
        } else {
            guard InternetAddress.isIPv4(place) else { return nil }
            host = String(place)
        }
        self.text = text
        self.port = port
    }
}
