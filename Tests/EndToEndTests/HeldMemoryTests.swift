import CrowdModelsProtocol
import Glibc
import Testing

/// What is held for all clients has a bound, and goes back when they go.
@Suite struct HeldMemoryTests {
    private static let limits = "[limits]\nmemory_max = 67108864\n"
    private static let quiet = "llm_backends = []\n[discovery]\nenabled = false\n"

    @Test func `lines without an end take memory_max at most, and it goes back with them`() throws {
        let daemon = try DaemonProcess(Self.quiet + Self.limits)
        let observer = try daemon.connect()
        #expect(try observer.result("ping") == ["ok": true])
        let process = daemon.child.identifier
        let before = ProcessFile.status("VmRSS", of: process)
        // 280 MB in all, of which 64 MiB may be held.
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 7_000_000)
        let clients = try (0..<40).map { _ in try daemon.connect() }
        for client in clients {
            _ = client.sendWithoutWaiting(piece, within: 2000)
            #expect(try observer.result("ping") == ["ok": true])
        }
        let peak = ProcessFile.status("VmHWM", of: process) - before
        #expect(peak > 40_000 && peak < 128 << 10, "\(peak) KiB")
        // Of lines that are as long as one another any is the longest; those skipped were told so.
        let told = clients.filter { Self.isReadable($0.descriptor) }
        #expect(!told.isEmpty)
        let first = try #require(try told.first?.readMessage())
        #expect(first["error"]?["data"]?["limit"] == "memory_max")
        #expect(first["id"] == .null)
        for client in clients { client.close() }
        let deadline = Deadline()
        var left = Int.max
        while left > 24 << 10, deadline.milliseconds > 0 {
            left = ProcessFile.status("VmRSS", of: process) - before
        }
        #expect(left <= 24 << 10, "\(left) KiB are kept")
    }

    private static func isReadable(_ descriptor: Int32) -> Bool {
        var look = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&look, 1, 0) == 1
    }
}
