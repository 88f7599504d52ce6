/// Emphasis, code and links within a line: which adornments the next letter has, and which the
/// terminal has been told of.
struct MarkdownInline {
    struct Adornment: OptionSet {
        let rawValue: UInt8
        static let bold = Adornment(rawValue: 1)
        static let dim = Adornment(rawValue: 2)
        static let italic = Adornment(rawValue: 4)
        static let underline = Adornment(rawValue: 8)
        static let struck = Adornment(rawValue: 16)
        static let code = Adornment(rawValue: 32)

        private static let codes: [(Adornment, String)] = [
            (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.struck, "9"),
            (.code, "36"),
        ]

        /// The sequence that makes it so whatever was before.
        var sequence: String {
            "\u{1B}[0" + Self.codes.filter { contains($0.0) }.map { ";" + $0.1 }.joined() + "m"
        }
    }

    /// What the whole line has.
    var base: Adornment = []
    private var emphasis: Adornment = []
    private var shownAs: Adornment = []
    /// How many backticks opened the code that this is in; 0 outside.
    private var ticks = 0
    private var previous: Character = "\n"

    /// How long to wait for the end of a link before it is none.
    private static let linkLettersMax = 400

    /// Shows as much of the line as is clear, one letter or mark at a time; nil where more has to
    /// come first.
    mutating func take(
        _ rest: ArraySlice<Character>, _ isLast: Bool, _ shown: inout FlowingText
    ) -> Int? {
        let letter = rest[rest.startIndex]
        let run = rest.prefix { $0 == letter }.count
        let next = rest.dropFirst(run).first
        let isWaiting = next == nil && !isLast
        switch letter {
        case "`":
            if isWaiting { return nil }
            return takeTicks(run, rest, &shown)
        case _ where ticks > 0: break
        case "\\":
            let escaped = rest.dropFirst().first
            if escaped == nil, !isLast { return nil }
            if let escaped, escaped.isASCII, escaped.isPunctuation || escaped.isSymbol {
                show(escaped, &shown)
                return 2
            }
        case "*", "_", "~":
            if isWaiting { return nil }
            return takeEmphasis(letter, run, next, &shown)
        case "[":
            return takeLink(rest, isLast, &shown)
        default: break
        }
        show(letter, &shown)
        return 1
    }

    /// Shows a letter as it is.
    mutating func show(_ letter: Character, _ shown: inout FlowingText) {
        if letter == "\n" {
            // Nothing goes beyond its line: emphasis that is never closed would adorn all the rest.
            emphasis = []
            ticks = 0
            if base != .code { base = [] }
            end(&shown)
        } else {
            var wanted = base.union(emphasis)
            if ticks > 0 { wanted.insert(.code) }
            if wanted != shownAs {
                shown.append(sequence: wanted.sequence)
                shownAs = wanted
            }
        }
        shown.append(letter)
        previous = letter
    }

    /// Ends all adornments.
    mutating func end(_ shown: inout FlowingText) {
        if !shownAs.isEmpty { shown.append(sequence: Adornment().sequence) }
        shownAs = []
    }

    private mutating func takeTicks(
        _ run: Int, _ rest: ArraySlice<Character>, _ shown: inout FlowingText
    ) -> Int {
        if ticks == run {
            ticks = 0
        } else if ticks == 0 {
            ticks = run
        } else {
            for letter in rest.prefix(run) { show(letter, &shown) }
        }
        previous = "`"
        return run
    }

    private mutating func takeEmphasis(
        _ letter: Character, _ run: Int, _ next: Character?, _ shown: inout FlowingText
    ) -> Int {
        let mark: Adornment? =
            switch (letter, run) {
            case ("~", 2): .struck
            case ("~", _): nil
            case (_, 1): .italic
            case (_, 2): .bold
            case (_, 3): [.bold, .italic]
            default: nil
            }
        let next = next ?? "\n"
        let isInWord = Self.isWord(previous) && Self.isWord(next)
        if let mark {
            let closes =
                emphasis.isSuperset(of: mark) && !previous.isWhitespace
                && !(letter == "_" && Self.isWord(next))
            let opens = emphasis.isDisjoint(with: mark) && !next.isWhitespace && !isInWord
            if closes || opens {
                emphasis.formSymmetricDifference(mark)
                return run
            }
        }
        for _ in 0..<run { show(letter, &shown) }
        return run
    }

    private static func isWord(_ letter: Character) -> Bool {
        letter.isLetter || letter.isNumber
    }

    /// `[text](address)`; anything else is the bracket it is.
    private mutating func takeLink(
        _ rest: ArraySlice<Character>, _ isLast: Bool, _ shown: inout FlowingText
    ) -> Int? {
        let line = rest.prefix(Self.linkLettersMax).prefix { $0 != "\n" }
        let isWhole = isLast || line.count < rest.count || line.count == Self.linkLettersMax
        guard let close = line.firstIndex(of: "]") else {
            if !isWhole { return nil }
            show("[", &shown)
            return 1
        }
        let after = line[line.index(after: close)...]
        if after.isEmpty, !isWhole { return nil }
        guard after.first == "(" else {
            show("[", &shown)
            return 1
        }
        guard let end = after.firstIndex(of: ")") else {
            if !isWhole { return nil }
            show("[", &shown)
            return 1
        }
        let text = line[line.startIndex + 1..<close]
        let address = after[after.startIndex + 1..<end]
        let outside = emphasis
        emphasis.insert(.underline)
        for letter in text { show(letter, &shown) }
        emphasis = outside
        if !address.elementsEqual(text) {
            for letter in " (" + String(address) + ")" { show(letter, &shown) }
        }
        return end - line.startIndex + 1
    }
}
