import Glibc

/// How many cells a terminal has.
package struct TerminalSize: Equatable, Sendable {
    package let columns: Int
    package let rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// What the terminal behind a descriptor says; 80 by 24 where it says nothing.
    package static func ofTerminal(_ descriptor: Int32) -> TerminalSize {
        var size = winsize()
        let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
        return TerminalSize(
            columns: isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80,
            rows: isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24)
    }

    /// The columns to write for: `$COLUMNS`, which a user may set, before the terminal's own.
    package static func columns(of descriptor: Int32) -> Int {
        if let text = Environment.value("COLUMNS"), let columns = Int(text), columns > 0 {
            return columns
        }
        return ofTerminal(descriptor).columns
    }
}
