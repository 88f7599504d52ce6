import CrowdModelsProtocol
import Screen
import Testing

/// The pictures of `top`.
@Suite struct TopScreenTests {
    private func moment(
        _ seconds: Int, tokens: Int, ended: Int = 46110, isEmpty: Bool = false
    ) throws -> TopScreen.Moment {
        var stats = try Samples.stats()
        stats.all.completionTokens = ended
        var requests = isEmpty ? [] : try Samples.requests()
        if !isEmpty { requests[0].tokens = tokens }
        return TopScreen.Moment(
            time: seconds * 1_000_000_000, stats: stats, requests: requests,
            backends: try Samples.backends())
    }

    private func screen() throws -> TopScreen {
        var screen = TopScreen()
        for (second, tokens) in [0, 30, 62, 80, 160, 190].enumerated() {
            screen.take(try moment(second, tokens: tokens))
        }
        return screen
    }

    @Test(arguments: [40, 80, 120])
    func `it fills the terminal and not more`(width: Int) throws {
        var screen = try screen()
        screen.move(by: 1)
        let lines = screen.lines(Layout(width: width), rows: 24)
        #expect(lines.count == 24)
        for line in lines { #expect(line.cells <= width, "\(line)") }
        Golden.expect(lines, are: "top-\(width)")
        #expect(screen.selectedKey == "1042")
    }

    @Test func `tokens are counted through the end of a request`() throws {
        var screen = try screen()
        screen.take(try moment(6, tokens: 0, ended: 46110 + 250, isEmpty: true))
        #expect(screen.lines(Layout(width: 80)).contains { $0.hasPrefix("tokens/s     60.0 ") })
        #expect(screen.selectedKey == nil)
    }

    @Test func `a terminal of few rows keeps the last line`() throws {
        let lines = try screen().lines(Layout(width: 80), rows: 6)
        #expect(lines.count == 6)
        #expect(lines.last?.hasPrefix("q quit") == true)
    }
}
