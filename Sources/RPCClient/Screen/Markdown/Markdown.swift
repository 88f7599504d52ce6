/// Markdown drawn for a terminal while it is still being written.
///
/// Text goes in in pieces cut anywhere; what comes out at once is all of it but the few letters
/// whose meaning depends on what follows. Nothing is ever lost: what turns out to be no markup is
/// shown as it came. Whoever owns one calls `finish` at the end.
package struct Markdown {
    private let layout: Layout
    /// Letters that wait for what follows them.
    private var pending: [Character] = []
    private var at = 0
    private var isLineStart = true
    /// The letters of the fence whose block this is; nil outside.
    private var fence: Character?
    private var tableLines: [String] = []
    private var inline = MarkdownInline()

    package init(_ layout: Layout) {
        self.layout = layout
    }

    /// What can be shown now that this text came.
    package mutating func take(_ text: String) -> String {
        pending.append(contentsOf: text)
        return drain(isLast: false)
    }

    /// What is left to show, with all adornments ended.
    package mutating func finish() -> String {
        let rest = drain(isLast: true)
        return rest + table() + inline.end()
    }

    private mutating func drain(isLast: Bool) -> String {
        var shown = ""
        while at < pending.count {
            let rest = pending[at...]
            let taken: Int?
            if fence != nil {
                taken = takeCode(rest, isLast, &shown)
            } else if isLineStart {
                taken = takeLineStart(rest, isLast, &shown)
            } else {
                taken = inline.take(rest, isLast, &shown)
            }
            guard let taken else { break }
            if taken > 0 { isLineStart = rest[rest.startIndex + taken - 1] == "\n" }
            at += taken
        }
        pending.removeFirst(at)
        at = 0
        return shown
    }

    /// One step within a fenced block; nil where more has to come first.
    private mutating func takeCode(
        _ rest: ArraySlice<Character>, _ isLast: Bool, _ shown: inout String
    ) -> Int? {
        inline.base = .code
        if isLineStart, let fence {
            let line = rest.prefix { $0 != "\n" }
            let hasEnd = line.count < rest.count
            let mark = line.drop { $0 == " " }
            let isFence = mark.count >= 3 && mark.allSatisfy { $0 == fence || $0 == " " }
            if !hasEnd, !isLast, mark.allSatisfy({ $0 == fence || $0 == " " }) { return nil }
            if isFence {
                self.fence = nil
                inline.base = []
                shown += inline.end() + layout.style.dim(String(line))
                if hasEnd { shown += "\n" }
                return line.count + (hasEnd ? 1 : 0)
            }
        }
        inline.show(rest[rest.startIndex], &shown)
        return 1
    }

    /// What a line begins with; nil where more has to come first.
    private mutating func takeLineStart(
        _ rest: ArraySlice<Character>, _ isLast: Bool, _ shown: inout String
    ) -> Int? {
        let start = MarkdownLineStart(rest, isLast: isLast)
        if case .undecided = start { return nil }
        if case .tableRow(let line) = start {
            tableLines.append(line)
            return min(line.count + 1, rest.count)
        }
        shown += table()
        switch start {
        case .undecided, .tableRow, .text:
            isLineStart = false
            return 0
        case .heading(let level, let length):
            inline.base = level == 1 ? [.bold, .underline] : .bold
            isLineStart = false
            return length
        case .bullet(let indent, let length):
            shown += String(repeating: " ", count: indent) + layout.marks.bullet + " "
            return length
        case .quote(let length):
            shown += layout.style.dim(layout.marks.bar) + " "
            inline.base = .dim
            return length
        case .rule(let length):
            let cells = min(layout.width ?? 40, 40)
            shown += layout.style.dim(String(repeating: layout.marks.rule, count: cells))
            return length
        case .fence(let letter, let line):
            fence = letter
            shown += layout.style.dim(line)
            if line.count < rest.count { shown += "\n" }
            return min(line.count + 1, rest.count)
        }
    }

    private mutating func table() -> String {
        defer { tableLines = [] }
        return tableLines.isEmpty ? "" : MarkdownTable.text(tableLines, layout)
    }
}
