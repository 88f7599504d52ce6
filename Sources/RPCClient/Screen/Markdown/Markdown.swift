/// Markdown drawn for a terminal while it is still being written.
///
/// Text goes in in pieces cut anywhere; what comes out at once is all of it but the few letters
/// whose meaning depends on what follows, and the word that may not fit its line. Nothing is ever
/// lost: what turns out to be no markup is shown as it came, and so is all markup on a terminal
/// without colours. Whoever owns one calls `finish` at the end.
package struct Markdown {
    /// May change meanwhile.
    package var layout: Layout {
        didSet { flow.width = layout.width }
    }
    /// Letters that wait for what follows them.
    private var pending: [Character] = []
    private var at = 0
    private var isLineStart = true
    /// The letters of the fence whose block this is; nil outside.
    private var fence: Character?
    private var tableLines: [String] = []
    private var inline = MarkdownInline()
    private var flow: FlowingText
    private var isDrawn: Bool { layout.style.isColored }

    package init(_ layout: Layout) {
        self.layout = layout
        flow = FlowingText(width: layout.width)
    }

    /// What can be shown now that this text came.
    package mutating func take(_ text: String) -> String {
        pending.append(contentsOf: text)
        drain(isLast: false)
        return flow.fetch()
    }

    /// What is left to show, with all adornments ended.
    package mutating func finish() -> String {
        drain(isLast: true)
        showTable()
        inline.end(&flow)
        flow.end()
        return flow.fetch()
    }

    private mutating func drain(isLast: Bool) {
        while at < pending.count {
            let rest = pending[at...]
            let taken: Int?
            if fence != nil {
                taken = takeCode(rest, isLast)
            } else if isLineStart {
                taken = takeLineStart(rest, isLast)
            } else if isDrawn {
                taken = inline.take(rest, isLast, &flow)
            } else {
                taken = showAsItCame(rest)
            }
            guard let taken else { break }
            if taken > 0 { isLineStart = rest[rest.startIndex + taken - 1] == "\n" }
            at += taken
        }
        pending.removeFirst(at)
        at = 0
    }

    /// One step within a fenced block; nil where more has to come first.
    private mutating func takeCode(_ rest: ArraySlice<Character>, _ isLast: Bool) -> Int? {
        if isLineStart, let fence {
            let line = rest.prefix { $0 != "\n" }
            let hasEnd = line.count < rest.count
            let mark = line.drop { $0 == " " }
            let isFence = mark.count >= 3 && mark.allSatisfy { $0 == fence || $0 == " " }
            if !hasEnd, !isLast, mark.allSatisfy({ $0 == fence || $0 == " " }) { return nil }
            if isFence {
                self.fence = nil
                inline.base = []
                inline.end(&flow)
                flow.append(lines: layout.style.dim(String(line)) + (hasEnd ? "\n" : ""))
                flow.isVerbatim = false
                return line.count + (hasEnd ? 1 : 0)
            }
        }
        if !isDrawn { return showAsItCame(rest) }
        inline.base = .code
        inline.show(rest[rest.startIndex], &flow)
        return 1
    }

    private mutating func showAsItCame(_ rest: ArraySlice<Character>) -> Int {
        flow.append(rest[rest.startIndex])
        return 1
    }

    /// What a line begins with; nil where more has to come first.
    private mutating func takeLineStart(_ rest: ArraySlice<Character>, _ isLast: Bool) -> Int? {
        let start = MarkdownLineStart(rest, isLast: isLast)
        if case .undecided = start { return nil }
        if case .tableRow(let line) = start {
            tableLines.append(line)
            if !isDrawn { showTable() }
            return min(line.count + 1, rest.count)
        }
        showTable()
        if case .fence(let letter, let line) = start {
            fence = letter
            let hasEnd = line.count < rest.count
            flow.append(lines: layout.style.dim(line) + (hasEnd ? "\n" : ""))
            flow.isVerbatim = true
            return line.count + (hasEnd ? 1 : 0)
        }
        guard isDrawn else {
            isLineStart = false
            return 0
        }
        return draw(start)
    }

    /// Shows what a line begins with, and says how many letters that was.
    private mutating func draw(_ start: MarkdownLineStart) -> Int {
        switch start {
        case .undecided, .tableRow, .fence, .text:
            isLineStart = false
            return 0
        case .heading(let level, let length):
            inline.base = level == 1 ? [.bold, .underline] : .bold
            isLineStart = false
            return length
        case .bullet(let indent, let length):
            flow.append(String(repeating: " ", count: indent) + layout.marks.bullet + " ")
            return length
        case .quote(let length):
            inline.base = .dim
            for letter in layout.marks.bar + " " { inline.show(letter, &flow) }
            return length
        case .rule(let length):
            let cells = min(layout.width ?? 40, 40)
            flow.append(
                lines: layout.style.dim(String(repeating: layout.marks.rule, count: cells)))
            return length
        }
    }

    private mutating func showTable() {
        if tableLines.isEmpty { return }
        flow.append(lines: MarkdownTable.text(tableLines, layout))
        tableLines = []
    }
}
