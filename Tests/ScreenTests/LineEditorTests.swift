import Screen
import Testing

/// Typing: keys from bytes, text from keys, and how it looks.
@Suite struct LineEditorTests {
    @Test(arguments: [
        ("abc", [Key.text("abc")]), ("a\rb", [.text("a"), .enter, .text("b")]),
        ("\u{1B}[A\u{1B}OB", [.up, .down]), ("\u{1B}[1;5C\u{1B}b", [.wordRight, .wordLeft]),
        ("\u{1B}\r", [.newline]), ("é日🙂", [.text("é日🙂")]),
        ("\u{7F}\u{3}", [.backspace, .interrupt]),
        ("\u{1B}[3~\u{1B}[H\u{1B}[4~", [.delete, .home, .end]), ("\u{1B}[15~", [.other]),
        ("\u{1B}[200~a\r\nb\u{1B}[Ac\u{1B}[201~d", [.paste("a\nb\u{1B}[Ac"), .text("d")]),
    ])
    func `bytes make the same keys however they are cut`(bytes: String, keys: [Key]) {
        for size in [1, 2, 3, 100] {
            var parser = KeyParser()
            var got: [Key] = []
            var rest = Array(bytes.utf8)[...]
            while !rest.isEmpty {
                for key in parser.take(rest.prefix(size)) {
                    if case .text(let new) = key, case .text(let old)? = got.last {
                        got[got.count - 1] = .text(old + new)
                    } else {
                        got.append(key)
                    }
                }
                rest = rest.dropFirst(size)
            }
            #expect(got == keys)
        }
    }

    @Test func `an escape that nothing follows is a key of its own`() {
        var parser = KeyParser()
        #expect(parser.take([0x1B]).isEmpty && parser.isWaiting)
        #expect(parser.settle() == [.escape])
        #expect(parser.take(Array("x".utf8)) == [.text("x")])
    }

    private func type(_ keys: [Key], into editor: inout LineEditor) -> LineEditor.Outcome {
        var outcome = LineEditor.Outcome.editing
        for key in keys { outcome = editor.take(key) }
        return outcome
    }

    static let samples: [(keys: [Key], text: String, cursor: Int)] = [
        ([.text("abc"), .left, .text("x")], "abxc", 3),
        ([.text("abc"), .home, .delete, .end, .backspace], "b", 1),
        ([.text("one two_2 "), .deleteWord], "one ", 4),
        ([.text("one two"), .wordLeft, .killToEnd], "one ", 4),
        ([.text("one two"), .wordLeft, .killToStart], "two", 0),
        ([.text("ab"), .newline, .text("cdef"), .up, .text("!")], "ab!\ncdef", 3),
        ([.text("abcd"), .newline, .text("e"), .up, .end, .down], "abcd\ne", 6),
        ([.text("a\\"), .enter, .text("b")], "a\nb", 3),
        ([.paste("x\ny"), .backspace], "x\n", 2),
        ([.backspace, .left, .delete, .right], "", 0),
    ]

    @Test(arguments: samples)
    func `keys edit as they do elsewhere`(keys: [Key], text: String, cursor: Int) {
        var editor = LineEditor()
        #expect(type(keys, into: &editor) == .editing)
        #expect(editor.text == text)
        #expect(editor.cursor == cursor)
    }

    @Test func `the arrows bring back what was said, and what was being typed`() {
        var editor = LineEditor()
        #expect(type([.text("one"), .enter], into: &editor) == .submitted("one"))
        #expect(type([.text("two"), .enter], into: &editor) == .submitted("two"))
        _ = type([.text("thr"), .up, .up, .up], into: &editor)
        #expect(editor.text == "one")
        _ = type([.down, .down], into: &editor)
        #expect(editor.text == "thr")
        #expect(type([.interrupt], into: &editor) == .interrupted(wasEmpty: false))
        #expect(type([.interrupt], into: &editor) == .interrupted(wasEmpty: true))
        #expect(type([.endOfInput], into: &editor) == .ended)
    }

    @Test func `it looks as a terminal of that width shows it`() {
        var editor = LineEditor()
        _ = type([.text("日本語 abc"), .newline, .text("de\u{1B}"), .left, .left], into: &editor)
        let picture = EditorPicture(editor, prompt: "> ", continuation: "  ", width: 9)
        #expect(picture.lines == ["> 日本語", " abc", "  de", "\\u{1b}"])
        #expect(picture.row == 2 && picture.column == 3)
    }
}
