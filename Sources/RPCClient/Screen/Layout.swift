/// What lines are made for: how wide they may be, whether in colour, and with which marks.
package struct Layout: Sendable {
    /// The cells of a line; nil for a pipe or a file, which get everything.
    package let width: Int?
    package let style: Style
    package let marks: Marks

    package init(
        width: Int? = nil, style: Style = Style(isColored: false), marks: Marks = .unicode
    ) {
        self.width = width
        self.style = style
        self.marks = marks
    }

    /// Below this many cells a table's rows are written below one another.
    static let tableCellsMin = 60

    /// Whether that is so.
    var isNarrow: Bool { width.map { $0 < Self.tableCellsMin } ?? false }
}

/// The marks that are no letters, for terminals with and without UTF-8.
package struct Marks: Sendable {
    /// Stands for what was cut away.
    package let ellipsis: String
    /// Between two remarks on one line.
    package let dot: String
    package let bullet: String
    /// Beside a quotation.
    package let bar: String
    package let rule: String
    /// From the lowest to the highest.
    package let levels: [String]
    /// One after the other while one waits.
    package let spinner: [String]

    package static let unicode = Marks(
        ellipsis: "…", dot: "·", bullet: "•", bar: "│", rule: "─",
        levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"])

    package static let ascii = Marks(
        ellipsis: "~", dot: "-", bullet: "*", bar: "|", rule: "-",
        levels: ["_", ".", "-", "=", "+", "*", "%", "#"], spinner: ["|", "/", "-", "\\"])

    /// The marks for a locale, the value of the first of LC_ALL, LC_CTYPE and LANG that is set;
    /// without any of them a terminal is taken to be as terminals are today.
    package init(locale: String?) {
        let name = (locale ?? "").lowercased()
        let isUTF8 = name.isEmpty || name.contains("utf-8") || name.contains("utf8")
        self = isUTF8 ? .unicode : .ascii
    }

    private init(
        ellipsis: String, dot: String, bullet: String, bar: String, rule: String,
        levels: [String], spinner: [String]
    ) {
        self.ellipsis = ellipsis
        self.dot = dot
        self.bullet = bullet
        self.bar = bar
        self.rule = rule
        self.levels = levels
        self.spinner = spinner
    }
}
