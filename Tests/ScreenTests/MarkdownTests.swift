import Screen
import Testing

/// Markdown drawn for a terminal.
@Suite struct MarkdownTests {
    private func draw(_ text: String, by size: Int = Int.max, width: Int = 80) -> String {
        var markdown = Markdown(Layout(width: width, style: Style(isColored: true)))
        var shown = ""
        var rest = text[...]
        while !rest.isEmpty {
            shown += markdown.take(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return (shown + markdown.finish()).replacing("\u{1B}", with: "^")
    }

    static let samples: [(text: String, shown: String)] = [
        ("plain text\n", "plain text\n"),
        ("a **bold** b", "a ^[0;1mbold^[0m b"),
        ("*it* and _it_", "^[0;3mit^[0m and ^[0;3mit^[0m"),
        ("snake_case_name 2*3*4 a * b", "snake_case_name 2*3*4 a * b"),
        ("use `a*b*c` here", "use ^[0;36ma*b*c^[0m here"),
        ("``a`b``", "^[0;36ma`b^[0m"),
        ("~~gone~~ ~5", "^[0;9mgone^[0m ~5"),
        ("# Title\ntext", "^[0;1;4mTitle^[0m\ntext"),
        ("### Sub `x`\n", "^[0;1mSub ^[0;1;36mx^[0m\n"),
        ("#hashtag\n", "#hashtag\n"),
        ("- one\n  * two\n+ three\n", "• one\n  • two\n• three\n"),
        ("1. one\n2) two\n", "1. one\n2) two\n"),
        ("> said\n", "^[0;2m│ said^[0m\n"),
        ("a\n---\nb", "a\n^[2m\(String(repeating: "─", count: 40))^[0m\nb"),
        (
            "```swift\nlet a = b_c_d * *2\n```\ndone",
            "^[2m```swift^[0m\n^[0;36mlet a = b_c_d * *2^[0m\n^[2m```^[0m\ndone"
        ),
        ("[site](http://a.b) [x] [y", "^[0;4msite^[0m (http://a.b) [x] [y"),
        ("<https://a.b>\n", "<https://a.b>\n"),
        (#"\*not\* \u{1b}[31m"#, #"*not* \u{1b}[31m"#),
        ("**never closed\nnext", "^[0;1mnever closed^[0m\nnext"),
        ("a ****", "a ****"), ("a ** b", "a ** b"), ("`", ""), ("日本**語**", "日本**語**"),
        (
            "| a | n |\n|---|--:|\n| long one | 1 |\n| **b** | 22 |\nend",
            "^[1ma          n^[0m\nlong one   1\nb         22\nend"
        ),
        ("| no table\n", "| no table\n"),
        ("\n\n", "\n\n"), ("   ", "   "), ("-", "-"), ("--", "--"), ("#", "#"),
    ]

    @Test(arguments: samples)
    func `it looks the same however the text is cut`(text: String, shown: String) {
        for size in [Int.max, 1, 2, 3, 7] { #expect(draw(text, by: size) == shown) }
    }

    @Test func `the rows of a table wider than the terminal stand below one another`() {
        let long = String(repeating: "word ", count: 18) + "end"
        let table = "| a | long one |\n|---|---|\n| 1 | \(long) |\n| 2 | x |\nso"
        #expect(
            draw(table) == """
                ^[1ma^[0m         1
                ^[1mlong one^[0m  word word word word word word word word word word word word word word
                          word word word word end

                ^[1ma^[0m         2
                ^[1mlong one^[0m  x
                so
                """)
    }

    @Test func `without colours markup stays as it came, a row of a table at a time`() {
        var markdown = Markdown(Layout(width: 80))
        let shown = ["# A **b** [", "c](d)\n", "| a | b |\n", "|---|", "---|\n- x\n"].map {
            markdown.take($0)
        }
        #expect(shown == ["# A **b**", " [c](d)\n", "| a | b |\n", "", "|---|---|\n- x\n"])
        #expect(markdown.finish().isEmpty)
    }

    @Test(arguments: [40, 80, 120])
    func `an answer of all kinds looks as a person has seen it`(width: Int) {
        let text = draw(Self.answer, width: width)
        Golden.expect(
            text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
            are: "markdown-\(width)")
    }

    static let answer = """
        ## Why the sky is *blue*

        Sunlight meets **molecules**; the shorter the wave, the more it is `scattered`:

        1. *Rayleigh* scattering, see [the article](https://en.wikipedia.org/wiki/Rayleigh)
        2. and your eyes
           - cones
           - rods

        > In short: blue wins.

        | colour | nm | scattered |
        |:-------|---:|-----------|
        | violet | 400 | **most** |
        | red | 700 | `least` |

        ```python
        def sky(n: int) -> str:
            return "blue" * n  # *not* emphasis
        ```
        ---
        That is all.
        """
}
