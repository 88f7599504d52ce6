/// One thing that is wrong with a configuration: where, what, and what to do about it.
package struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
    /// Counts from 1.
    package var line: Int
    /// Counts from 1, in Unicode scalars.
    package var column: Int
    package var message: String

    package init(at position: TOMLPosition, _ message: String) {
        line = position.line
        column = position.column
        self.message = message
    }

    /// `line:column: message`; put the file's name and a colon before it.
    package var description: String { "\(line):\(column): \(message)" }
}

/// All that is wrong with a configuration, in the order of its text; there is at least one.
package struct ConfigurationErrors: Error, Equatable, Sendable, CustomStringConvertible {
    package var problems: [Problem]

    /// One problem a line.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Collects problems while a configuration is read; lives as long as one reading.
final class ProblemList {
    private(set) var problems: [Problem] = []

    func add(_ position: TOMLPosition, _ message: String) {
        problems.append(Problem(at: position, message))
    }

    /// Throws all of them, in the order of the text.
    func throwIfAny() throws(ConfigurationErrors) {
        guard !problems.isEmpty else { return }
        throw ConfigurationErrors(
            problems: problems.enumerated().sorted {
                ($0.element.line, $0.element.column, $0.offset)
                    < ($1.element.line, $1.element.column, $1.offset)
            }.map(\.element))
    }
}
