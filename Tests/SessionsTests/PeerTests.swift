import Kernel
import Sessions
import Testing

/// What is known of a client.
@Suite struct PeerTests {
    private static func name(of pid: Int32) -> String {
        Peer(connection: 1, credentials: PeerCredentials(pid: pid, uid: 0, gid: 0)).processName
    }

    @Test func `a peer has its process's name, or none that could be taken for one`() throws {
        let own = try #require(SmallFile.read("/proc/self/comm", limit: 64))
        #expect(Self.name(of: ThisProcess.pid) + "\n" == String(decoding: own, as: UTF8.self))
        #expect(Self.name(of: 0) == "?")
        #expect(Self.name(of: -1) == "?")
    }
}
