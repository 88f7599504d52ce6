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
