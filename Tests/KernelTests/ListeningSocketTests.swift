import Glibc
import Kernel
import Testing

/// Who listens, as /proc/net/tcp tells it.
@Suite struct ListeningSocketTests {
    private static let four = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:04D2 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 6698557 1 0000000001597074 100 0 0 10 0
           1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1076 1 0000000058fa5b68 100 0 0 10 0
           2: 0200007F:2CAA 0100007F:C350 03 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000058fa5b68 100 0 0 10 0
           3: 0200007F:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     7        0 1077 1 0000000058fa5b68 100 0 0 10 0
           4: 0100007F:04D2 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 99 1 0000000001597074 100 0 0 10 0
           5: 0100007F:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 98 1 0000000001597074 100 0 0 10 0

        """
    private static let six = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000000000000000000001000000:04D2 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 5 1 0000000001597074 100 0 0 10 0
           1: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 6 1 0000000001597074 100 0 0 10 0

        """

    private static func parse(
        _ text: String, isIPv6: Bool, _ ports: Set<UInt16>, piece: Int = .max
    ) -> ListeningSocketParser {
        var parser = ListeningSocketParser(isIPv6: isIPv6, ports)
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + min(piece, bytes.count))
            parser.take(bytes[start..<end].span)
            start = end
        }
        return parser
    }

    @Test(arguments: [1, 7, 150, 4096])
    func `the kernel's list is read up to the first connection`(piece: Int) {
        let parser = Self.parse(Self.four, isIPv6: false, [1234, 11434], piece: piece)
        #expect(parser.isDone)
        #expect(
            parser.found == [
                ListeningSocket(
                    address: 0x7F00_0001, isIPv6: false, port: 1234, uid: 1000, inode: 6_698_557),
                ListeningSocket(
                    address: 0x7F00_0002, isIPv6: false, port: 11434, uid: 7, inode: 1077),
            ])
    }

    @Test(arguments: [
        ("127.0.0.1", 1234, [6_698_557] as [UInt64]), ("127.0.0.2", 1234, []),
        ("127.0.0.1", 8080, [1076, 6]), ("::1", 8080, [6]), ("::1", 1234, [5]),
        ("127.0.0.2", 11434, [1077]), ("127.0.0.1", 9, []),
    ])
    func `who connects to an address gets to who is bound to it, or to any`(
        host: String, port: UInt16, inodes: [UInt64]
    ) throws {
        let ports: Set<UInt16> = [1234, 8080, 11434]
        let sockets =
            Self.parse(Self.four, isIPv6: false, ports).found
            + Self.parse(Self.six, isIPv6: true, ports).found
        let target = try #require(SocketAddress(numeric: host, port: port))
        #expect(sockets.filter { $0.accepts(target) }.map(\.inode) == inodes)
    }

    @Test func `an IPv4 address may be bound in IPv6's clothes`() throws {
        let socket = ListeningSocket(
            address: 0xFFFF_7F00_0001, isIPv6: true, port: 1, uid: 0, inode: 1)
        #expect(socket.accepts(try #require(SocketAddress(numeric: "127.0.0.1", port: 1))))
        #expect(!socket.accepts(try #require(SocketAddress(numeric: "127.0.0.3", port: 1))))
    }

    @Test func `what is no such list holds nobody`() {
        #expect(Self.parse("heading\nnonsense\n", isIPv6: false, [1]).found.isEmpty)
    }

    @Test func `a socket of this process is found, and known as its own`() throws {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(server) }
        try #require(listen(server, 1) == 0)
        let port = try Self.port(of: server)
        let found = try #require(ListeningSockets.on([port]))
        let mine = try #require(found.first { !$0.isIPv6 && $0.address == 0 })
        #expect(mine.uid == ThisProcess.uid)
        #expect(ListeningSockets.isOurs(mine.inode))
        #expect(!ListeningSockets.isOurs(mine.inode &+ 1_000_000_000))
        #expect(ListeningSockets.on([])?.isEmpty == true)
        // Whichever way the kernel is asked, it says the same.
        for found in [ListeningSockets.asked([port]), ListeningSockets.listed([port])] {
            #expect(found?.contains(mine) == true)
        }
    }

    /// What listens without having been bound has a port of the system's choice, on any address.
    private static func port(of number: Int32) throws -> UInt16 {
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &name) { bytes in
            getsockname(
                number, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        try #require(result == 0)
        return UInt16(bigEndian: name.sin_port)
    }
}
