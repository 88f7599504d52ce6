import Glibc
import Kernel
import TestSupport
import Testing

/// Names and addresses of servers.
@Suite(.tidy) struct NameTests {
    @Test(
        arguments: [
            ("127.0.0.1", [127, 0, 0, 1]), ("0.0.0.0", [0, 0, 0, 0]),
            ("255.1.2.3", [255, 1, 2, 3]),
        ] as [(String, [UInt8])])
    func `a numeric IPv4 address is read`(host: String, bytes: [UInt8]) throws {
        let address = try #require(SocketAddress(numeric: host, port: 0x1234)).bytes
        #expect(address.count == MemoryLayout<sockaddr_in>.size)
        #expect(Array(address[2..<8]) == [0x12, 0x34] + bytes)
        #expect(Array(address[0..<2]) == [UInt8(AF_INET), 0])
    }

    @Test(
        arguments: [
            ("::1", [UInt8](repeating: 0, count: 15) + [1]),
            ("::", [UInt8](repeating: 0, count: 16)),
            ("fe80::1", [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [1]),
            (
                "::ffff:1.2.3.4",
                [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 1, 2, 3, 4]
            ),
        ] as [(String, [UInt8])])
    func `a numeric IPv6 address is read`(host: String, bytes: [UInt8]) throws {
        let address = try #require(SocketAddress(numeric: host, port: 80)).bytes
        #expect(address.count == MemoryLayout<sockaddr_in6>.size)
        #expect(Array(address[0..<2]) == [UInt8(AF_INET6), 0])
        #expect(Array(address[2..<4]) == [0, 80])
        #expect(Array(address[8..<24]) == bytes)
    }

    @Test(arguments: [
        "", "localhost", "127.1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "0x7f.0.0.1", "[::1]", ":::",
        "1.2.3.4 ", "example.com", "12345",
    ])
    func `what is a name, or nothing, is no numeric address`(host: String) {
        #expect(SocketAddress(numeric: host, port: 80) == nil)
    }

    @Test func `localhost may be either loopback address`() {
        let both = SocketAddress.loopback(port: 9)
        #expect(both == ["127.0.0.1", "::1"].compactMap { SocketAddress(numeric: $0, port: 9) })
        #expect(both.count == 2)
    }

    /// Looks `host` up on a loop of its own.
    private func look(up host: String) throws -> [NameLookup.Outcome] {
        let loop = try EventLoop.ofTest()
        var outcomes: [NameLookup.Outcome] = []
        let lookup = try NameLookup(host: host, port: 1234, on: loop) { outcomes.append($0) }
        let isDone = loop.run { !outcomes.isEmpty }
        loop.runTurns()
        withExtendedLifetime(lookup) {}
        #expect(isDone)
        return outcomes
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a name is looked up, with its port`(host: String) throws {
        let outcomes = try look(up: host)
        guard case .found(let addresses)? = outcomes.first, outcomes.count == 1 else {
            Issue.record("\(outcomes)")
            return
        }
        let loopback = SocketAddress.loopback(port: 1234)
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy(loopback.contains))
    }

    @Test func `a name that cannot be looked up fails with the resolver's words`() throws {
        // A label has at most 63 bytes, so that no server has to be asked.
        let outcomes = try look(up: String(repeating: "x", count: 300) + ".invalid")
        guard case .failed(let words)? = outcomes.first, outcomes.count == 1 else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(words.contains(" "))
        #expect(words != "no address" && words != "unknown error")
    }

    @Test func `a lookup that is cancelled calls nobody`() throws {
        let loop = try EventLoop.ofTest()
        var outcomes: [NameLookup.Outcome] = []
        let cancelled = try NameLookup(host: "127.0.0.1", port: 1, on: loop) {
            outcomes.append($0)
        }
        cancelled.cancel()
        cancelled.cancel()
        let other = try NameLookup(host: "127.0.0.1", port: 2, on: loop) { outcomes.append($0) }
        #expect(loop.run { !outcomes.isEmpty })
        loop.runTurns()
        #expect(outcomes.count == 1)
        withExtendedLifetime(other) {}
    }

    @Test func `a bound socket tells its path`() throws {
        let folder = TemporaryFolder()
        let file = try SocketFile(at: folder.file("s"), privateFolder: false)
        let descriptor = try file.listen(mode: 0o600, backlog: 1)
        #expect(SocketAddress.unixPath(boundTo: descriptor.number) == folder.file("s"))
        let pair = SocketPair()
        #expect(SocketAddress.unixPath(boundTo: pair.near) == nil)
        #expect(SocketAddress.unixPath(boundTo: -1) == nil)
    }
}
