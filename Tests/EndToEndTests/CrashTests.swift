import CrowdModelsProtocol
import Glibc
import Testing

/// A crash keeps to itself what was in memory: a prompt or a key could be there.
@Suite struct CrashTests {
    private static let config = "llm_backends = []\n[discovery]\nenabled = false\n"

    /// A daemon that holds a prompt.
    private func daemon(_ variables: [String: String]) throws -> (DaemonProcess, SocketClient) {
        let daemon = try DaemonProcess(Self.config, environment: variables)
        let prompting = try daemon.connect()
        #expect(prompting.send(bytes: Array(#"{"params":{"prompt":"a secret"#.utf8)))
        #expect(try daemon.connect().result("ping") == ["ok": true])
        return (daemon, prompting)
    }

    private func expectNoMemory(in log: String) {
        for word in ["Registers", "secret"] { #expect(!log.contains(word), "\(log)") }
    }

    @Test func `a crash leaves no core and shows no memory`() throws {
        for variables in [[:], ["SWIFT_BACKTRACE": "enable=yes"]] {
            let (daemon, prompting) = try daemon(variables)
            let limits = ProcessFile.read("/proc/\(daemon.child.identifier)/limits")
            let line = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
            #expect(line?.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
            daemon.child.signal(SIGSEGV)
            #expect(try daemon.waitForExit() == -SIGSEGV)
            expectNoMemory(in: daemon.logText)
            prompting.close()
        }
    }

    @Test(.enabled(if: !Sanitizer.isThere, "a sanitizer tells of a crash itself"))
    func `a backtrace without registers, which the units ask for, shows no memory`() throws {
        let (daemon, prompting) = try daemon(["SWIFT_BACKTRACE": "enable=yes,registers=none"])
        daemon.child.signal(SIGSEGV)
        try daemon.waitForLog(containing: "Backtrace took")
        // A signal that somebody sent, unlike one of a fault, does not come again by itself.
        daemon.child.signal(SIGSEGV)
        // What ends it is the second signal, or the runtime's handler that is just at its end.
        #expect(try daemon.waitForExit() != 0)
        expectNoMemory(in: daemon.logText)
        prompting.close()
    }
}
