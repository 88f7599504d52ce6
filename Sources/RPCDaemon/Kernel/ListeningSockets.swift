import CLinux
import Glibc

/// A TCP socket of this machine that listens, as the kernel lists it.
package struct ListeningSocket: Equatable, Sendable {
    /// The address that it is bound to, in the order of the network; 0 is any.
    package let address: UInt128
    package let isIPv6: Bool
    package let port: UInt16
    package let uid: UInt32
    /// Whichever socket listens there next has another one.
    package let inode: UInt64

    package init(address: UInt128, isIPv6: Bool, port: UInt16, uid: UInt32, inode: UInt64) {
        self.address = address
        self.isIPv6 = isIPv6
        self.port = port
        self.uid = uid
        self.inode = inode
    }

    /// Whether who connects to `target` gets there. A socket bound to any IPv6 address takes IPv4
    /// too unless it said no, which is not told here.
    package func accepts(_ target: SocketAddress) -> Bool {
        let bytes = target.bytes
        guard bytes.count >= 16, UInt16(bytes[2]) << 8 | UInt16(bytes[3]) == port else {
            return false
        }
        let isTargetIPv6 = bytes.count > 16
        if address == 0 { return isIPv6 || !isTargetIPv6 }
        let wanted = bytes[isTargetIPv6 ? 8..<24 : 4..<8].reduce(UInt128(0)) {
            $0 << 8 | UInt128($1)
        }
        if isTargetIPv6 == isIPv6 { return address == wanted }
        return isIPv6 && address == 0xFFFF_0000_0000 | wanted
    }
}

/// Who listens on this machine.
package enum ListeningSockets {
    /// Those on `ports`; nil where the kernel does not tell.
    package static func on(_ ports: Set<UInt16>) -> [ListeningSocket]? {
        asked(ports) ?? listed(ports)
    }

    /// Sockets that are told: 30 ports, each at both loopback addresses and at any, and some room.
    private static let socketsMax = 256

    /// What the kernel answers to who asks for those that listen (sock_diag): 40 us, however many
    /// are connected. Nil where it may not be asked so.
    package static func asked(_ ports: Set<UInt16>) -> [ListeningSocket]? {
        let wanted = Array(ports)
        var found = [clinux_listener](repeating: clinux_listener(), count: socketsMax)
        let count = unsafe clinux_listeners(
            wanted, Int32(wanted.count), &found, Int32(found.count))
        guard count >= 0 else { return nil }
        return found[..<Int(count)].map { listener in
            let isIPv6 = listener.is_ipv6 != 0
            let bytes = unsafe withUnsafeBytes(of: listener.address) { unsafe Array($0) }
            return ListeningSocket(
                address: bytes.prefix(isIPv6 ? 16 : 4).reduce(0) { $0 << 8 | UInt128($1) },
                isIPv6: isIPv6, port: listener.port, uid: listener.uid, inode: listener.inode)
        }
    }

    /// The same from /proc, which lists those that listen before all connections; no more than the
    /// first of these is read. The kernel walks its table of connections to find it: 2 ms where
    /// that is large.
    package static func listed(_ ports: Set<UInt16>) -> [ListeningSocket]? {
        guard var found = read("/proc/self/net/tcp", isIPv6: false, ports) else { return nil }
        // A machine without IPv6 has no such file.
        found += read("/proc/self/net/tcp6", isIPv6: true, ports) ?? []
        return found
    }

    /// Whether this process holds the socket with that inode.
    package static func isOurs(_ inode: UInt64) -> Bool {
        guard let folder = unsafe opendir("/proc/self/fd") else { return false }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            let number = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe atoi($0) }
            }
            var status = stat()
            if unsafe fstat(number, &status) == 0, status.st_ino == inode,
                status.st_mode & S_IFMT == S_IFSOCK
            {
                return true
            }
        }
        return false
    }

    /// The kernel hands out whole lines up to a page.
    private static let pieceBytes = 4096

    private static func read(
        _ path: String, isIPv6: Bool, _ ports: Set<UInt16>
    ) -> [ListeningSocket]? {
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let file = FileDescriptor(owning: number)
        var parser = ListeningSocketParser(isIPv6: isIPv6, ports)
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        while !parser.isDone {
            let count = unsafe clinux_read(file.number, &piece, piece.count)
            guard count > 0 else { break }
            parser.take(piece.span.extracting(..<count))
        }
        return parser.found
    }
}

/// Reads `/proc/net/tcp` or `/proc/net/tcp6`, in pieces cut anywhere.
package struct ListeningSocketParser {
    /// Those that listen on the wanted ports.
    package private(set) var found: [ListeningSocket] = []
    /// Whether all that follows are connections.
    package private(set) var isDone = false
    private let isIPv6: Bool
    private let ports: Set<UInt16>
    private var line: [UInt8] = []
    private var isHeading = true

    package init(isIPv6: Bool, _ ports: Set<UInt16>) {
        self.isIPv6 = isIPv6
        self.ports = ports
    }

    package mutating func take(_ bytes: Span<UInt8>) {
        var start = 0
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") && !isDone {
            let rest = bytes.extracting(start..<index)
            if line.isEmpty {
                read(rest)
            } else {
                for at in rest.indices { line.append(rest[at]) }
                let whole = line
                read(whole.span)
                line.removeAll(keepingCapacity: true)
            }
            start = index + 1
        }
        for index in start..<bytes.count { line.append(bytes[index]) }
    }

    /// `sl local_address rem_address st queues timer retransmits uid timeout inode …`.
    private mutating func read(_ line: Span<UInt8>) {
        if isHeading {
            isHeading = false
            return
        }
        var at = 0
        _ = word(line, &at)
        let local = word(line, &at)
        _ = word(line, &at)
        let state = word(line, &at)
        guard state.count == 2, local.count == (isIPv6 ? 37 : 13) else {
            isDone = true
            return
        }
        // Listening; older kernels list who is about to connect with whom that is to.
        guard Self.number(line, state, radix: 16) == 0x0A else {
            isDone = Self.number(line, state, radix: 16) != 0x03
            return
        }
        let port = UInt16(truncatingIfNeeded: Self.number(line, local.suffix(4), radix: 16))
        guard ports.contains(port) else { return }
        for _ in 0..<3 { _ = word(line, &at) }
        let uid = Self.number(line, word(line, &at), radix: 10)
        _ = word(line, &at)
        let inode = Self.number(line, word(line, &at), radix: 10)
        found.append(
            ListeningSocket(
                address: Self.address(line, local.dropLast(5)), isIPv6: isIPv6, port: port,
                uid: UInt32(truncatingIfNeeded: uid), inode: inode))
    }

    private func word(_ line: Span<UInt8>, _ at: inout Int) -> Range<Int> {
        while at < line.count, line[at] == UInt8(ascii: " ") { at += 1 }
        let start = at
        while at < line.count, line[at] != UInt8(ascii: " ") { at += 1 }
        return start..<at
    }

    /// Words of 32 bits, each printed as the machine's own number.
    private static func address(_ line: Span<UInt8>, _ range: Range<Int>) -> UInt128 {
        var address: UInt128 = 0
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            let word = UInt32(
                truncatingIfNeeded: number(
                    line, start..<min(start + 8, range.upperBound), radix: 16)
            )
            address = address << 32 | UInt128(UInt32(bigEndian: word))
        }
        return address
    }

    private static func number(_ line: Span<UInt8>, _ range: Range<Int>, radix: UInt64) -> UInt64 {
        var number: UInt64 = 0
        for index in range {
            let byte = line[index]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return number
            }
            number = number &* radix &+ UInt64(digit)
        }
        return number
    }
}
