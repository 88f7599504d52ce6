import Screen
import Testing

/// What may reach a terminal.
@Suite struct PrintableTests {
    @Test(arguments: [
        ("plain", "plain"), ("a\u{1B}[2J", "a\\u{1b}[2J"), ("a\nb", "a\\u{a}b"),
        ("\u{9B}31m", "\\u{9b}31m"), ("a\u{202E}b", "a\\u{202e}b"), ("é日🙂", "é日🙂"),
    ])
    func `one line moves no cursor and hides nothing`(text: String, shown: String) {
        #expect(Printable.escaping(text) == shown)
    }
}
