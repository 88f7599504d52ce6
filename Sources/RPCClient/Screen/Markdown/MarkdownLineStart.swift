/// What the beginning of a line makes of it.
enum MarkdownLineStart {
    /// More letters have to come first.
    case undecided
    case text
    /// A heading of that level; `length` letters are its mark.
    case heading(level: Int, length: Int)
    case bullet(indent: Int, length: Int)
    case quote(length: Int)
    /// A line across; `length` letters without the newline.
    case rule(length: Int)
    /// A fence of these letters opens a block of code; the whole line.
    case fence(Character, line: String)
    /// A whole line of a table.
    case tableRow(String)

    init(_ rest: ArraySlice<Character>, isLast: Bool) {
        let line = rest.prefix { $0 != "\n" }
        let isWhole = isLast || line.count < rest.count
        let indent = line.prefix { $0 == " " }.count
        let body = line.dropFirst(indent)
        guard let first = body.first else {
            self = isWhole ? .text : .undecided
            return
        }
        let run = body.prefix { $0 == first }.count
        let isAllMark = run == body.count
        switch first {
        case "#":
            let isHeading = run <= 6 && !isAllMark && body.dropFirst(run).first == " "
            self =
                isHeading
                ? .heading(level: run, length: indent + run + 1)
                : isAllMark && !isWhole ? .undecided : .text
        case "`", "~":
            if run >= 3 {
                self = isWhole ? .fence(first, line: String(line)) : .undecided
            } else {
                self = isAllMark && !isWhole ? .undecided : .text
            }
        case "-", "*", "+", "_":
            self = Self.bulletOrRule(first, run, indent, body, isWhole)
        case ">":
            let hasSpace = body.dropFirst().first == " "
            if isAllMark, !isWhole {
                self = .undecided
            } else {
                self = .quote(length: indent + 1 + (hasSpace ? 1 : 0))
            }
        case "|": self = isWhole ? .tableRow(String(line)) : .undecided
        default: self = .text
        }
    }

    private static func bulletOrRule(
        _ first: Character, _ run: Int, _ indent: Int, _ body: ArraySlice<Character>,
        _ isWhole: Bool
    ) -> MarkdownLineStart {
        if run == body.count, first != "+" {
            if !isWhole { return .undecided }
            return run >= 3 ? .rule(length: indent + run) : .text
        }
        if first != "_", run == 1 {
            let next = body.dropFirst().first
            if next == " " { return .bullet(indent: indent, length: indent + 2) }
            if next == nil, !isWhole { return .undecided }
        }
        return .text
    }
}
