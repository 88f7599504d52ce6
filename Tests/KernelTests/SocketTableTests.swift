import Glibc
import Testing

@testable import Kernel

/// Who owns a TCP socket, by the kernel's word.
@Suite struct SocketTableTests {
    private static let table = Array(
        """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0000000000000000 100 0 0 10 0
           1: 0100007F:2CAA 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 777 1 0000000000000000 20 4 30 10 -1
           2: 0100007F:C350 0100007F:2CAA 01 00000000:00000000 00:00000000 00000000  1001        0 778 1 0000000000000000 20 4 30 10 -1
           3: 0100007F:C351 0100007F:2CAA 06 00000000:00000000 03:00000123 00000000     0        0 0 3 0000000000000000

        """.utf8)

    private static func end(_ port: UInt16) -> TCPEndpoint {
        TCPEndpoint([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 127, 0, 0, 1], port: port)
    }

    @Test func `a line is found by both its ends`() {
        let server = SocketTable.text(Self.end(11434), false)
        let client = SocketTable.text(Self.end(50000), false)
        #expect(server == "0100007F:2CAA" || 1.littleEndian != 1)
        #expect(
            SocketTable.entry(local: client, remote: server, in: Self.table)
                == SocketTable.Entry(state: 1, uid: 1001, inode: 778))
        #expect(
            SocketTable.entry(local: server, remote: client, in: Self.table)?.uid == 1000,
            "the other end is another socket")
        #expect(SocketTable.entry(local: client, remote: client, in: Self.table) == nil)
    }

    @Test func `a socket that nobody holds any more has no owner, whatever its line says`() {
        let server = SocketTable.text(Self.end(11434), false)
        let gone = SocketTable.text(Self.end(50001), false)
        #expect(SocketTable.entry(local: gone, remote: server, in: Self.table)?.inode == 0)
    }

    @Test func `an IPv4 address stands in the other table as IPv6 maps it`() {
        #expect(
            SocketTable.text(Self.end(80), true) == "0000000000000000FFFF00000100007F:0050"
                || 1.littleEndian != 1)
        #expect(Self.end(80).isMapped && Self.end(80).text == "127.0.0.1:80")
        let six = TCPEndpoint([UInt8](repeating: 0, count: 15) + [1], port: 80)
        #expect(!six.isMapped && six.text == "[::1]:80")
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `the owner of a connection's other end is this process's user, while it holds it`(
        host: String
    ) throws {
        let listener = try TCPListener.open(
            try #require(SocketAddress(numeric: host, port: 0)))
        let port = try #require(TCPListener.address(of: listener.number)).port
        #expect(SocketTable.listener(onPort: port)?.contains("(pid \(getpid()))") == true)
        let address = try #require(SocketAddress(numeric: host, port: port))
        var client: FileDescriptor? = try StreamSocket.connect(to: address)
        let isOpen = client != nil
        #expect(isOpen)
        var accepted = accept(listener.number, nil, nil)
        while accepted < 0, errno == EAGAIN { accepted = accept(listener.number, nil, nil) }
        let server = FileDescriptor(owning: accepted)
        #expect(SocketTable.owner(ofPeer: server.number) == geteuid())
        client = nil
        #expect(SocketTable.owner(ofPeer: server.number) == nil)
    }

    @Test func `a user's first group is in the list of users`() {
        let list = Array("root:x:0:0:root:/root:/bin/sh\na:x:1000:100::/:/bin/sh\nbad\n".utf8)
        #expect(UserList.primaryGroup(of: 0, in: list) == 0)
        #expect(UserList.primaryGroup(of: 1000, in: list) == 100)
        #expect(UserList.primaryGroup(of: 7, in: list) == nil)
        #expect(UserList.primaryGroup(of: 0) == 0)
    }
}
