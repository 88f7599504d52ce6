import Configuration
import CrowdModelsProtocol
import Kernel
import Telemetry
import TestSupport
import Testing

@testable import RPCDaemon

/// Who may connect, and who may manage: peers of any user, which no test can be on a socket.
@Suite(.tidy) struct AccessTests {
    private func daemon(_ change: (inout Config.Server) -> Void) throws -> Daemon {
        var config = Config()
        change(&config.server)
        let loop = try EventLoop.ofTest()
        let log = Log(level: .error, shape: .plain, output: LogOutput(on: nil))
        return Daemon(
            Settings(config, from: nil, socketPath: "/s", keys: [:]), loop: loop, log: log)
    }

    private func peer(uid: UInt32, gid: UInt32 = 99) -> PeerCredentials {
        PeerCredentials(pid: 1, uid: uid, gid: gid)
    }

    private let stranger: UInt32 = 4_000_001

    @Test func `without lists the socket's mode decides, and everybody is let in`() throws {
        let daemon = try daemon { _ in }
        #expect(daemon.refusal(of: peer(uid: stranger)) == nil)
    }

    @Test func `a user who is in none of the lists is refused with 1011`() throws {
        let daemon = try daemon {
            $0.allowedUIDs = [4_000_002]
            $0.allowedGIDs = [4_000_003]
        }
        let refusal = daemon.refusal(of: peer(uid: stranger))
        #expect(refusal?.code == .permissionDenied)
        #expect(refusal?.message.contains("\(stranger)") == true)
        #expect(daemon.refusal(of: peer(uid: 4_000_002)) == nil)
        #expect(daemon.refusal(of: peer(uid: stranger, gid: 4_000_003)) == nil)
        #expect(daemon.refusal(of: peer(uid: 0)) == nil)
        #expect(daemon.refusal(of: peer(uid: ThisProcess.uid)) == nil)
    }

    @Test func `root, the daemon's own user and admin_uids manage it, nobody else`() throws {
        let daemon = try daemon { $0.adminUIDs = [4_000_002] }
        for uid in [0, ThisProcess.uid, 4_000_002] {
            #expect(daemon.isAdmin(peer(uid: uid)))
            #expect(throws: Never.self) {
                try daemon.requireAdmin(peer(uid: uid), to: "shutdown")
            }
        }
        #expect(!daemon.isAdmin(peer(uid: stranger)))
        #expect(throws: Fault.self) {
            try daemon.requireAdmin(peer(uid: stranger), to: "shutdown")
        }
        let refusal = #expect(throws: Fault.self) {
            try daemon.reloadRefusal(askedBy: peer(uid: stranger))
        }
        #expect(refusal?.code == .permissionDenied)
    }
}
