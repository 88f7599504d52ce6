/// A place in a text: line and column count from 1, and a column is one Unicode scalar.
package struct TOMLPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package var description: String { "\(line):\(column)" }

    package static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// What is wrong with a TOML text, and where: the parser stops at the first such place.
package struct TOMLError: Error, Equatable, CustomStringConvertible {
    package var position: TOMLPosition
    package var message: String

    package var description: String { "\(position): \(message)" }
}
