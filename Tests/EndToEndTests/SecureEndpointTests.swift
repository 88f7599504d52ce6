import Testing

/// libcurl is part of a daemon that has an https endpoint, and of no other.
@Suite struct SecureEndpointTests {
    @Test(arguments: ["http", "https"])
    func `libcurl is loaded where an endpoint needs it`(scheme: String) throws {
        // Nobody listens on a port that is only reserved.
        let port = ReservedPort()
        let daemon = try DaemonProcess(
            """
            [discovery]
            enabled = false
            [[llm_backends]]
            name = "cloud"
            endpoint = "\(scheme)://127.0.0.1:\(port.number)/v1"
            kind = "openai"

            """)
        let line = try daemon.waitForLog(containing: "Model discovery failed: ")
        let maps = ProcessFile.read("/proc/\(daemon.child.identifier)/maps")
        if line.contains("libcurl4") {
            // This system has none, and the error says which package has it.
            #expect(scheme == "https")
        } else {
            #expect(maps.contains("libcurl.so.4") == (scheme == "https"))
            #expect(line.contains("Connection refused"))
        }
    }
}
