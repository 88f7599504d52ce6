import Glibc

/// How text may be adorned: in colour on a terminal that wants it, otherwise not at all.
struct Style: Sendable {
    let isColored: Bool

    /// The style for a descriptor: colour needs a terminal, no `NO_COLOR` (no-color.org: set and
    /// not empty) and a `TERM` that is not `dumb`.
    init(descriptor: Int32) {
        isColored =
            isatty(descriptor) == 1 && (Environment.value("NO_COLOR") ?? "").isEmpty
            && Environment.value("TERM") != "dumb"
    }

    func bold(_ text: String) -> String { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    func dim(_ text: String) -> String { isColored ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
