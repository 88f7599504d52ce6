import Screen
import Testing

/// How many cells letters take.
@Suite struct CellWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("한글", 4), ("ﾊﾝｶｸ", 4),
        ("ＡＢ", 4), ("🙂", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("❤", 1), ("…", 1), ("שלום", 4),
        ("ก็", 1),
        ("\u{200B}a", 1), ("𠮷", 2),
    ])
    func `letters take the cells that terminals give them`(text: String, cells: Int) {
        #expect(text.cells == cells)
    }

    @Test(arguments: [
        ("qwen3-coder-30b-a3b", 9, "qwen…-a3b"), ("abc", 3, "abc"), ("abcd", 3, "a…d"),
        ("日本語モデル", 7, "日…デル"), ("日本語モデル", 6, "日…ル"), ("abcdef", 1, "…"),
    ])
    func `names are cut in their middle`(text: String, cells: Int, shown: String) {
        #expect(text.cutInMiddle(to: cells) == shown)
        #expect(shown.cells <= cells)
    }

    @Test func `paragraphs break at spaces, and words that are too long anywhere`() {
        #expect(Paragraph.wrap("the cat sat", to: 7) == ["the cat", "sat"])
        #expect(Paragraph.wrap("a /very/long/path b", to: 6) == ["a", "/very/", "long/p", "ath b"])
        #expect(Paragraph.wrap("", to: 6) == [""])
        #expect(Paragraph.wrap("日本語", to: 4) == ["日本", "語"])
        #expect(Paragraph.lines("/save  FILE", Layout(width: 11)) == ["/save  FILE"])
        #expect(Paragraph.lines("/save  FILE", Layout(width: 10)) == ["/save FILE"])
    }

    @Test func `bars rise with values and end at the newest`() {
        #expect(Sparkline.line([0, 1, 4, 8], cells: 6) == "  ▁▁▄█")
        #expect(Sparkline.line([1, 2, 3], cells: 2) == "▆█")
        #expect(Sparkline.line([], cells: 3) == "   ")
        #expect(Sparkline.line([0, 0], cells: 2) == "▁▁")
        #expect(Sparkline.line([0, 8], cells: 2, Marks(locale: "C")) == "_#")
    }
}
