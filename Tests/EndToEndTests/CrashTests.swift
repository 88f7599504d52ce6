import CrowdModelsProtocol
import Glibc
import Testing

/// A crash keeps to itself what was in memory: a prompt or a key could be there.
@Suite struct CrashTests {
    private static let config = "llm_backends = []\n[discovery]\nenabled = false\n"

    @Test func `a crash leaves no core and shows no memory`() throws {
        for variables in [[:], ["SWIFT_BACKTRACE": "enable=yes"]] {
            let daemon = try DaemonProcess(Self.config, environment: variables)
            #expect(try daemon.connect().result("ping") == ["ok": true])
            let limits = ProcessFile.read("/proc/\(daemon.child.identifier)/limits")
            let line = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
            #expect(line?.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
            daemon.child.signal(SIGSEGV)
            #expect(try daemon.waitForExit() == -SIGSEGV)
            #expect(!daemon.logText.contains("Registers"), "\(daemon.logText)")
        }
    }
}
