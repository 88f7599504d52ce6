import CrowdModelsProtocol
import Glibc
import Testing

/// What is held for all clients has a bound, and goes back when they go.
@Suite struct HeldMemoryTests {
    private static let limits = "[limits]\nmemory_max = 67108864\n"
    private static let measured: Comment = "the thread sanitizer holds several times as much"
    private static let quiet = "llm_backends = []\n[discovery]\nenabled = false\n"

    @Test(.enabled(if: !Sanitizer.isThread, Self.measured))
    func `lines without an end take memory_max at most, and it goes back with them`() throws {
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
        #expect(peak > 40_000 && peak < (128 << 10) + Sanitizer.notes, "\(peak) KiB")
        // Of lines that are as long as one another any is the longest; those skipped were told so.
        let told = clients.filter { Self.isReadable($0.descriptor) }
        #expect(!told.isEmpty)
        let first = try #require(try told.first?.readMessage())
        #expect(first["error"]?["data"]?["limit"] == "memory_max")
        #expect(first["id"] == .null)
        for client in clients { client.close() }
        Self.expectGivenBack(daemon, before: before, but: 24 << 10)
    }

    /// What each client sends before 7 MB whose end never comes.
    private static let beginnings = [
        "",
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n\r\n",
    ]

    @Test(
        .enabled(if: !Sanitizer.isThread, Self.measured),
        arguments: beginnings)
    func `what large clients held goes back to the kernel, though nothing was completed`(
        beginning: String
    ) throws {
        let daemon = try DaemonProcess(Self.quiet)
        let observer = try daemon.connect()
        #expect(try observer.result("ping") == ["ok": true])
        let before = ProcessFile.status("VmRSS", of: daemon.child.identifier)
        let bytes = Array(beginning.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 7_000_000)
        let clients = try (0..<6).map { _ in try daemon.connect() }
        for client in clients {
            #expect(client.sendWithoutWaiting(bytes, within: 30_000) == bytes.count)
        }
        #expect(try observer.result("ping") == ["ok": true])
        let held = ProcessFile.status("VmRSS", of: daemon.child.identifier) - before
        #expect(held > 35_000, "\(held) KiB are held")
        for client in clients { client.close() }
        Self.expectGivenBack(daemon, before: before, but: 8 << 10)
    }

    /// Waits until the daemon holds at most so many KiB more than before.
    private static func expectGivenBack(_ daemon: DaemonProcess, before: Int, but kept: Int) {
        let deadline = Deadline()
        var left = Int.max
        let kept = kept + Sanitizer.notes
        while left > kept, deadline.milliseconds > 0 {
            left = ProcessFile.status("VmRSS", of: daemon.child.identifier) - before
        }
        #expect(left <= kept, "\(left) KiB are kept")
    }

    private static func isReadable(_ descriptor: Int32) -> Bool {
        var look = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&look, 1, 0) == 1
    }
}
