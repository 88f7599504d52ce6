package import Glibc

/// Whose TCP sockets of this machine are, as the kernel lists them (`/proc/net/tcp`).
package enum SocketOwner {
    /// The most bytes of such a list: 150 a socket, so some 400,000 of them.
    private static let listBytesMax = 64 * 1024 * 1024

    /// The user whose socket is connected from `local` to `remote`; nil where there is none.
    package static func uid(from local: SocketAddress, to remote: SocketAddress) -> uid_t? {
        rows.first { row in
            row.isHeld && isSame(row.local, local) && isSame(row.remote, remote)
        }?.uid
    }

    private static var rows: [Row] {
        ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { path -> [Row] in
            guard let bytes = try? InputFile.read(path, bytesMax: listBytesMax) else { return [] }
            return rows(of: String(decoding: bytes, as: UTF8.self))
        }
    }

    /// One socket of the list.
    package struct Row {
        /// Address and port in the kernel's words: `0100007F:1F90`.
        package let local: Substring
        package let remote: Substring
        package let uid: uid_t
        /// False for one that no program holds any more: then the user is nobody's, and reads 0.
        package let isHeld: Bool
    }

    /// The sockets that a list shows; its first line is a heading.
    package static func rows(of list: String) -> [Row] {
        list.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, let uid = uid_t(fields[7]) else { return nil }
            return Row(
                local: fields[1], remote: fields[2], uid: uid, isHeld: fields[9] != "0")
        }
    }

    /// Whether the kernel's words mean that address, be it mapped into IPv6.
    package static func isSame(_ text: Substring, _ address: SocketAddress) -> Bool {
        if text == address.kernelText { return true }
        guard address.bytes.count == 4 else { return false }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + address.bytes
        return text == SocketAddress(bytes: mapped, port: address.port).kernelText
    }
}

/// An address and a port of TCP, IPv4 or IPv6.
package struct SocketAddress: Equatable {
    /// Four bytes or sixteen, in the order in which they are written.
    package let bytes: [UInt8]
    package let port: UInt16

    package init(bytes: [UInt8], port: UInt16) {
        self.bytes = bytes
        self.port = port
    }

    /// This machine's own.
    package static func loopback(_ port: UInt16) -> Self {
        Self(bytes: [127, 0, 0, 1], port: port)
    }

    /// How `/proc/net/tcp` writes it: words of four bytes as this machine's numbers.
    fileprivate var kernelText: String {
        let words = stride(from: 0, to: bytes.count, by: 4).map { start in
            let word = bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
            return Self.hexadecimal(UInt64(UInt32(littleEndian: word)), digits: 8)
        }
        return words.joined() + ":" + Self.hexadecimal(UInt64(port), digits: 4)
    }

    private static func hexadecimal(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
