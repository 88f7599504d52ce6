import Screen
import Testing

/// An answer in the lines of a terminal while it streams.
@Suite struct FlowingTextTests {
    /// What was shown after each piece, and at the end.
    private func flow(_ pieces: [String], _ width: Int?, isColored: Bool = false) -> [String] {
        var text = Markdown(Layout(width: width, style: Style(isColored: isColored)))
        let shown = pieces.map { text.take($0) }
        return shown + [text.finish()]
    }

    private func lines(_ text: String, _ width: Int, by size: Int = Int.max) -> [String] {
        var pieces: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return flow(pieces, width).joined().split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
    }

    static let samples: [(text: String, width: Int, lines: [String])] = [
        ("the quick brown fox", 10, ["the quick", "brown fox"]),
        ("exactly 10 cells", 10, ["exactly 10", "cells"]),
        ("a b\nc d\n", 3, ["a b", "c d", ""]),
        ("word  gaps", 6, ["word", "gaps"]),
        ("short averyveryverylongword end", 10, ["short", "averyveryverylongword end"]),
        // The terminal breaks the word by itself: one letter of it stands on its last line.
        ("averyveryverylongword and more", 10, ["averyveryverylongword and more"]),
        ("- one two three four", 12, ["- one two", "  three four"]),
        ("1. one two three four", 12, ["1. one two", "   three", "   four"]),
        ("12) one two three", 12, ["12) one two", "    three"]),
        ("  indented words go on", 12, ["  indented", "  words go", "  on"]),
        ("> said he to her once", 12, ["> said he to", "> her once"]),
        ("2026 was a good year", 10, ["2026 was a", "good year"]),
        ("- one two three four", 5, ["- one", "two", "three", "four"]),
        ("日本語の文章です。終わり", 8, ["日本語の", "文章で", "す。終わ", "り"]),
        ("see 日本「引用」", 8, ["see 日本", "「引用」"]),
        ("é 🙂🙂🙂 x", 6, ["é 🙂🙂", "🙂 x"]),
        ("a\tb c", 10, ["a\tb", "c"]),
        ("no\u{A0}break here", 8, ["no\u{A0}break", "here"]),
        (
            "```\nlet a = b + c\n```\nlet a = b", 8,
            ["```", "let a = b + c", "```", "let a =", "b"]
        ),
        ("| a | b | c | d |\n", 8, ["| a | b | c | d |", ""]),
    ]

    @Test(arguments: samples)
    func `words are whole, however the text is cut`(
        text: String, width: Int, lines wanted: [String]
    ) {
        for size in [Int.max, 1, 2, 3, 7] { #expect(lines(text, width, by: size) == wanted) }
    }

    @Test func `a word in pieces waits for its end, and nothing else waits`() {
        #expect(
            flow(["un", "believ", "able", " tales", "\n", "x"], 20)
                == ["", "", "", "unbelievable", " tales\n", "", "x"])
        #expect(flow(["日本", "語"], 20) == ["日", "本", "語"])
    }

    @Test func `a word that no line has room for is shown as it comes`() {
        #expect(flow(["abcd", "ef", "gh", " i"], 5) == ["", "abcdef", "gh", "", " i"])
    }

    @Test func `without a width nothing waits, and code and tables never do`() {
        #expect(flow(["un", "able", " t"], nil) == ["un", "able", " t", ""])
        #expect(
            flow(["```\n", "let a", "bc = d", "e\n"], 5) == ["```\n", "let a", "bc = d", "e\n", ""])
    }

    @Test func `adornments go to the next line with their word, and not into its margin`() {
        let quote = flow(["> it is **very true** so"], 12, isColored: true).joined()
        #expect(
            quote.replacing("\u{1B}", with: "^")
                == "^[0;2m│ it is ^[0;1;2mvery^[0m\n^[0;2m│ ^[0;1;2mtrue^[0;2m so^[0m")
        let item = flow(["- *very nice* item"], 8, isColored: true).joined()
        #expect(
            item.replacing("\u{1B}", with: "^")
                == "• ^[0;3mvery^[0m\n  ^[0;3mnice^[0m\n  item")
    }

    @Test func `a window that is dragged is followed`() {
        var text = Markdown(Layout(width: 40))
        var shown = text.take("one two three four five six seven ")
        text.layout = Layout(width: 10)
        shown += text.take("eight nine ten") + text.finish()
        // The terminal breaks the long line anew, and three letters of it stand on the last one.
        #expect(shown == "one two three four five six seven eight\nnine ten")
    }

    @Test(arguments: [12, 40, 80, 120])
    func `no line is too long, and no word is broken or lost`(width: Int) {
        for seed in 1...50 {
            let words = (0..<200).map { index in
                let letter = ["a", "é", "x", "ü"][(index * 5 + seed) % 4]
                return String(repeating: letter, count: (index * seed * 7 + index) % 11 + 1)
            }
            let gaps = [" ", " ", "  ", " ", "\n", " ", "\t", "\n\n"]
            let text = words.enumerated().map { index, word in
                word + gaps[(index * 3 + seed) % gaps.count]
            }.joined()
            let shown = lines(text, width, by: seed % 9 + 1)
            #expect(
                shown.joined(separator: "\n").split { $0.isWhitespace }.map(String.init) == words)
            #expect(shown.allSatisfy { $0.contains("\t") || $0.cells <= width })
        }
    }
}
