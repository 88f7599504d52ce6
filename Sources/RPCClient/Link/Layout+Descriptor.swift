import Glibc
package import Screen

extension Style {
    /// The style for a descriptor: colour needs a terminal, no `NO_COLOR` (no-color.org: set and
    /// not empty) and a `TERM` that is not `dumb`.
    package init(descriptor: Int32) {
        self.init(
            isColored: isatty(descriptor) == 1 && (Environment.value("NO_COLOR") ?? "").isEmpty
                && Environment.value("TERM") != "dumb")
    }
}

extension Marks {
    /// The marks that the user's locale has letters for.
    package static var ofLocale: Marks {
        let set = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap(Environment.value)
        return Marks(locale: set.first { !$0.isEmpty })
    }
}

extension Layout {
    /// What lines for a descriptor have to fit: a terminal, or nothing.
    package init(descriptor: Int32) {
        let isTerminal = isatty(descriptor) == 1
        self.init(
            width: isTerminal ? TerminalSize.columns(of: descriptor) : nil,
            style: Style(descriptor: descriptor), marks: isTerminal ? .ofLocale : .unicode)
    }
}
