import CrowdModelsProtocol
import Screen
import Testing

/// The page with plots.
@Suite struct ReportPageTests {
    private func page(_ stats: StatsResult) -> String {
        ReportPage(windows: [stats], main: 0, daemon: "/s", written: "2026-01-02 03:04:05").text
    }

    @Test func `it needs nothing from elsewhere`() throws {
        let text = page(try Samples.stats())
        for word in ["http", "<script", "url(", "@import", "src=", "<link"] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(text.components(of: "<svg") == 4 && text.components(of: "</svg>") == 4)
        #expect(text.contains("prefers-color-scheme: dark"))
        #expect(text.contains("gpu-box") && text.contains("backend_error: 2"))
    }

    @Test func `names are text there and nothing else`() throws {
        var stats = try Samples.stats()
        stats.clients = [("uid:0 <b>&\"\u{1B}", stats.all)]
        let text = page(stats)
        #expect(text.contains("uid:0 &lt;b&gt;&amp;&quot;\\u{1b}"))
        #expect(!text.contains("<b>&"))
    }

    @Test func `nothing measured makes a page too`() throws {
        var stats = try Samples.stats()
        let none = try StatsDistribution(json: ["count": 0])
        stats.all.tokensPerSecond = none
        stats.backends = []
        stats.models = []
        stats.clients = []
        #expect(page(stats).contains("nothing was measured"))
    }
}

extension String {
    fileprivate func components(of word: String) -> Int {
        ranges(of: word).count
    }
}
