import CrowdModelsProtocol
import Testing

/// What those who wait are told of their wait, against how long they then waited.
///
/// Every answer of the simulator takes at least as long as its tokens do; on a busy machine it may
/// take longer. So each prediction is held against the least and the longest time that an answer
/// took in that very run, as the daemon itself measured it: as narrow as the machine is quiet.
@Suite struct PredictionTests {
    /// An answer of 40 tokens at 400 a second takes this at least.
    private static let scripted = 0.1
    /// Room for what is rounded, and for what was told within a turn or two of the arrival.
    private static let slack = 0.03
    private static let prompt: JSONValue = "tokens:41"

    /// Seconds in the result's `stats`.
    private static func seconds(_ answer: JSONValue, _ name: String) throws -> Double {
        try #require(answer["result"]?["stats"]?[name]?.doubleValue, "\(answer.text)")
    }

    @Test(arguments: [1, 2])
    func `those who wait are told when they start, and then they do`(slots: Int) throws {
        let scene = try Scene(
            "--model", "m,state=loaded", "--token-rate", "400",
            backend: "max_concurrent = \(slots)")
        let ask: JSONValue = ["prompt": Self.prompt, "progress": true]
        var times: [Double] = []
        func serve(_ id: JSONValue) throws -> Double {
            let answer = try scene.client.answer(to: id)
            let waited = try Self.seconds(answer, "queue_time")
            times.append(try Self.seconds(answer, "total_time") - waited)
            return waited
        }
        _ = try serve(scene.client.start("complete", ask))
        let begun = Deadline.now
        let ids = scene.client.startTogether(4 + slots, "complete", ask)
        var waits: [Double] = []
        var elapsed: [Double] = []
        for id in ids {
            waits.append(try serve(id))
            elapsed.append(Double(Deadline.now - begun) / 1e9)
        }
        let (least, most) = (times.min() ?? 0, times.max() ?? 0)
        #expect(least >= Self.scripted)
        for (place, id) in ids.dropFirst(slots).enumerated() {
            let told = scene.client.notes("complete.progress").first { $0["id"] == id }
            let eta = Double(try #require(told?["eta_ms"]?.integerValue, "\(place)")) / 1000
            #expect(told?["position"] == .integer(place + 1))
            // All that run began together: so do those that follow them.
            let turns = Double(place / slots + 1)
            // Said is a number of answers' times, and so long it takes.
            #expect(eta >= turns * least - Self.slack && eta <= turns * most + Self.slack)
            let waited = waits[place + slots]
            let spread = turns * (most - least)
            #expect(abs(waited - eta) <= spread + Self.slack, "\(waited) \(eta) \(times)")
            #expect(elapsed[place + slots] >= waited, "no wait is longer than the clock says")
            #expect(waited >= (turns - 1) * Self.scripted)
        }
    }

    @Test func `the error of a prediction is what it was wrong by`() throws {
        let scene = try Scene("--token-rate", "400", backend: "max_concurrent = 1")
        _ = try scene.client.result("complete", ["prompt": Self.prompt])
        #expect(try scene.totals()["prediction_error"]?["count"] == 0, "it did not wait")
        // What stands before it takes more than twice the usual time.
        let ask: JSONValue = ["prompt": "tokens:101", "progress": true]
        let ids = scene.client.startTogether(2, "complete", ask)
        for id in ids { #expect(try scene.client.answer(to: id)["result"] != nil) }
        let told = scene.client.notes("complete.progress").first { $0["id"] == ids[1] }
        let eta = Double(try #require(told?["eta_ms"]?.integerValue)) / 1000
        let totals = try scene.totals()
        let error = try #require(totals["prediction_error"])
        #expect(error["count"] == 1)
        // It waited as nobody else did: the longest part of the queue is its own.
        let waited = try #require(totals["overhead_parts"]?["queue"]?["max"]?.doubleValue)
        let wrong = try #require(error["max"]?.doubleValue)
        #expect(abs(wrong - abs(waited - eta)) < 0.002, "\(waited) \(eta)")
    }
}
