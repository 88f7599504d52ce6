import CrowdModelsProtocol
import Screen
import Testing

/// Tables that fit the terminal they are made for.
@Suite struct TableTests {
    static let widths = [40, 60, 80, 120]

    private func layout(_ width: Int?) -> Layout { Layout(width: width) }

    private func check(_ lines: [String], _ name: String, _ width: Int) {
        for line in lines { #expect(line.cells <= width, "\(line)") }
        Golden.expect(lines, are: "\(name)-\(width)")
    }

    @Test(arguments: widths)
    func `models fit`(width: Int) throws {
        check(ModelsView.lines(try Samples.models(), layout(width)), "models", width)
    }

    @Test(arguments: widths)
    func `backends fit, and what is wrong stands below`(width: Int) throws {
        check(BackendsView.lines(try Samples.backends(), layout(width)), "backends", width)
    }

    @Test(arguments: widths)
    func `requests fit`(width: Int) throws {
        check(RequestsView.lines(try Samples.requests(), layout(width)), "requests", width)
    }

    @Test(arguments: widths)
    func `numbers fit`(width: Int) throws {
        check(StatsView.lines(try Samples.stats(), layout(width)), "stats", width)
    }

    @Test(arguments: widths)
    func `what the daemon is fits`(width: Int) throws {
        check(StatusView.lines(try Samples.status(), layout(width)), "status", width)
    }

    @Test(arguments: widths)
    func `one model fits`(width: Int) throws {
        check(ModelsView.lines(try Samples.models()[0], layout(width)), "model", width)
    }

    @Test(arguments: widths)
    func `a route fits, and its numbers are as people count`(width: Int) throws {
        check(RouteView.lines(try Samples.route(), layout(width)), "route", width)
        let lines = RouteView.lines(try Samples.route(), layout(nil))
        #expect(lines[0].contains("FIRST TOKEN") && lines[1].contains("3.48 ms"))
        #expect(lines[1].contains("25 %") && !lines[1].contains("-0"))
    }

    @Test func `a pipe gets every column, aligned by cells and not by letters`() throws {
        let lines = ModelsView.lines(try Samples.models(), layout(nil))
        #expect(lines[0].contains("QUANT") && lines[0].contains("ALIASES"))
        let places = zip(lines.dropFirst(), [" loaded ", " not-loaded ", " loading "]).map {
            line, state in line.firstRange(of: state).map { line[..<$0.lowerBound].cells }
        }
        #expect(Set(places).count == 1 && places.count == 3)
        #expect(BackendsView.lines(try Samples.backends(), layout(nil))[0].hasSuffix("LAST ERROR"))
    }

    @Test func `what is on its own is one`() throws {
        let text = ModelsView.lines(try Samples.models()[0], layout(nil)).joined(separator: "\n")
        #expect(text.contains("1 request\n"))
        #expect(Units.count(0, "token") == "0 tokens")
    }

    @Test func `states have colours where colours are wanted`() throws {
        let colored = Layout(width: 80, style: Style(isColored: true))
        let lines = BackendsView.lines(try Samples.backends(), colored)
        #expect(lines.contains { $0.contains("\u{1B}[32mup\u{1B}[0m") })
        #expect(lines.contains { $0.contains("\u{1B}[31mdown\u{1B}[0m") })
        #expect(lines[0].hasPrefix("\u{1B}[1mBACKEND"))
    }

    @Test func `without UTF-8 there is nothing but ASCII of ours`() {
        var table = Table(.text("NAME", isCuttable: true), .number("COUNT"))
        table.append(String(repeating: "long-name-", count: 12), "7")
        let lines = table.lines(Layout(width: 60, marks: Marks(locale: "C")))
        #expect(lines[1].contains("~") && lines[1].utf8.allSatisfy { $0 < 0x80 })
        #expect(Marks(locale: "de_DE.UTF-8").ellipsis == "…")
        #expect(Marks(locale: nil).ellipsis == "…")
    }
}
