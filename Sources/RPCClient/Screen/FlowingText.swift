/// Text laid into the lines of a terminal while it is still being written: no word is broken at
/// the terminal's edge.
///
/// Letters go in one by one, and come out as far as they are clear: those of the last word when it
/// ends, or when it is longer than a line. A line goes on below where the text of its list item or
/// quotation began. Without a width everything comes out as it goes in.
struct FlowingText {
    /// The cells of a line; may change meanwhile, as a window that is dragged does.
    var width: Int? {
        didSet { if let width, width < column { column = (column - 1) % max(width, 1) + 1 } }
    }
    /// Code and tables stay as they are, whatever the terminal does at its edge.
    var isVerbatim = false {
        didSet { if isVerbatim != oldValue { end() } }
    }
    /// What came out and was not fetched.
    private var shown = ""
    /// Where the next letter stands.
    private var column = 0
    /// The spaces before the word, which vanish where the line ends there.
    private var gap = Piece()
    /// The word that has not ended, its adornments with it.
    private var word = Piece()
    /// Its letters alone.
    private var letters = ""
    /// Whether the word was longer than a line, and is shown as it comes.
    private var isOverlong = false
    private var isLineStart = true
    /// What each further line of this one begins with.
    private var hang = Piece()
    /// The adornment that the terminal was told of last; empty for none.
    private var adornment = ""
    /// The one that it will have been told of with the word.
    private var wanted = ""

    /// Text, and the cells that it takes.
    private struct Piece {
        var text = ""
        var cells = 0

        mutating func append(_ letter: Character, cells: Int) {
            text.append(letter)
            self.cells += cells
        }
    }

    private static let plain = "\u{1B}[0m"
    /// Marks that no line begins with, and such that none ends with.
    private static let closers = Set("、。，．：；！？）」』】》〉’”…ー々)]}.,:;!?%")
    private static let openers = Set("（「『【《〈‘“([{")

    init(width: Int?) {
        self.width = width
    }

    /// What can be shown now.
    mutating func fetch() -> String {
        defer { shown = "" }
        return shown
    }

    /// Ends the last word; more may follow.
    mutating func end() {
        place()
        put(gap)
        gap = Piece()
    }

    /// Appends an escape sequence that adorns what follows; no cell is taken by it.
    mutating func append(sequence: String) {
        word.text += sequence
        wanted = sequence
        // Where no letter waits, neither does the end of an adornment.
        if sequence == Self.plain, gap.text.isEmpty, letters.isEmpty { putWord() }
    }

    /// Appends whole lines that were laid out already.
    mutating func append(lines: String) {
        end()
        shown += lines
        column = 0
    }

    mutating func append(_ text: String) {
        for letter in text { append(letter) }
    }

    mutating func append(_ letter: Character) {
        guard let width else {
            putWord()
            return put(Piece(text: String(letter)))
        }
        let cells = letter.cells
        switch letter {
        case "\n":
            endLine()
        case _ where isVerbatim:
            putWord()
            put(Piece(text: String(letter), cells: cells))
            isLineStart = false
        case " ", "\t":
            place()
            gap.append(letter, cells: letter == " " ? 1 : 8 - (column + gap.cells) % 8)
        default:
            if isBreak(before: letter, cells) { place() }
            word.append(letter, cells: cells)
            letters.append(letter)
            if isOverlong || word.cells > width - hang.cells { placeOverlong() }
        }
    }

    private mutating func endLine() {
        place()
        if column + gap.cells <= width ?? 0 { put(gap) }
        shown += "\n"
        column = 0
        isLineStart = true
        (gap, hang) = (Piece(), Piece())
    }

    /// East Asia's letters need no space between them to be parted.
    private func isBreak(before letter: Character, _ cells: Int) -> Bool {
        guard let last = letters.last, cells == 2 || last.cells == 2 else { return false }
        return cells > 0 && !Self.closers.contains(letter) && !Self.openers.contains(last)
    }

    /// Puts the word onto the line, or onto the next where there is no room.
    private mutating func place() {
        if isOverlong || letters.isEmpty {
            isOverlong = false
        } else if isLineStart {
            setHang()
        } else if let width, column + gap.cells + word.cells > width {
            breakLine()
        }
        putWord()
    }

    private mutating func placeOverlong() {
        if !isOverlong, !isLineStart, column > hang.cells { breakLine() }
        isOverlong = true
        putWord()
    }

    private mutating func putWord() {
        if !letters.isEmpty {
            put(gap)
            gap = Piece()
            isLineStart = false
        }
        put(word)
        adornment = wanted == Self.plain ? "" : wanted
        (word, letters) = (Piece(), "")
    }

    private mutating func breakLine() {
        gap = Piece()
        let isAdorned = !adornment.isEmpty && hang.cells > 0
        shown += (isAdorned ? Self.plain : "") + "\n" + hang.text + (isAdorned ? adornment : "")
        column = hang.cells
    }

    /// The first word of a line tells below what its further lines go on.
    private mutating func setHang() {
        let digits = letters.prefix { $0.isNumber && $0.isASCII }.count
        let isNumber = 1...3 ~= digits && [".", ")"].contains(letters.dropFirst(digits))
        switch letters {
        case ">", "│", "|":
            hang = Piece(text: gap.text + word.text + " ", cells: gap.cells + word.cells + 1)
        case "-", "*", "+", "•": indent(by: word.cells + 1)
        default: indent(by: isNumber ? word.cells + 1 : 0)
        }
        // Where little room would be left, all of it is better.
        if hang.cells * 3 > width ?? 0 { hang = Piece() }
    }

    private mutating func indent(by cells: Int) {
        hang = Piece(
            text: gap.text + String(repeating: " ", count: cells), cells: gap.cells + cells)
    }

    /// Shows a piece; a terminal goes on below where its line is full.
    private mutating func put(_ piece: Piece) {
        shown += piece.text
        column += piece.cells
        if let width, column > width { column = (column - 1) % max(width, 1) + 1 }
    }
}
