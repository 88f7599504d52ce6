import CrowdModelsProtocol
import Testing

/// The daemon and its client, driven as every other test drives them.
@Suite struct DaemonTests {
    @Test func `a daemon starts, answers, streams, and ends with status 0`() throws {
        let simulator = try SimulatorProcess()
        let daemon = try DaemonProcess(simulator)
        try daemon.waitForLog(containing: "Discovered 2 models from LMStudio")
        let client = try daemon.connect()
        #expect(try client.result("ping") == ["ok": true])
        let whole = try client.result("complete", ["prompt": "echo:one two"])
        #expect(whole["content"] == "one two")
        let stream = try client.result("complete", ["prompt": "echo:one two", "stream": true])
        #expect(stream["content"] == "one two")
        let deltas = client.notes("complete.delta")
        #expect(deltas.compactMap { $0["content"]?.stringValue }.joined() == "one two")
        #expect(try client.error("nonsense")["code"] == -32601)
        #expect(try daemon.stop() == 0)
        #expect(try client.isAtEnd())
    }
}
