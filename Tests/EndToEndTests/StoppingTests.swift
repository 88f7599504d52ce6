import CrowdModelsProtocol
import Glibc
import Testing

/// What a daemon still does after it was asked to stop.
@Suite struct StoppingTests {
    /// A daemon without a model server.
    private func daemon() throws -> DaemonProcess {
        try DaemonProcess("[server]\nshutdown_timeout = 600\n[discovery]\nenabled = false\n")
    }

    @Test func `what was sent before the signal is answered, however much it is`() throws {
        let daemon = try daemon()
        let client = try daemon.connect()
        #expect(try client.result("ping") == ["ok": true])
        // Held still, it finds the signal first and the lines behind it.
        daemon.child.signal(SIGSTOP)
        daemon.child.signal(SIGTERM)
        let ids = (1...250).map { _ in client.start("ping") }
        daemon.child.signal(SIGCONT)
        for id in ids { #expect(try client.answer(to: id)["result"] == ["ok": true]) }
        #expect(try client.isAtEnd())
        #expect(try daemon.waitForExit() == 0)
    }

    @Test func `it ends as soon as a slow client has read its answers`() throws {
        let daemon = try daemon()
        let client = try daemon.connect()
        // More than the kernel holds for a socket, and less than would stop the reading.
        let ids = (1...8).map { _ in client.start("rpc.discover") }
        client.start("ping")
        #expect(try daemon.connect().result("ping") == ["ok": true])
        daemon.child.signal(SIGTERM)
        for id in ids { #expect(try client.answer(to: id)["result"] != nil) }
        #expect(try daemon.waitForExit() == 0)
    }
}
