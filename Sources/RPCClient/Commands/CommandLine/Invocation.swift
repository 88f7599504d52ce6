import CrowdModelsProtocol
import Link

/// What the command line asks for: a command, its words and the options given, in any order.
struct Invocation {
    /// The command; nil where none is named.
    private(set) var command: Command?
    /// What is neither option nor command, in order.
    private(set) var words: [String] = []
    private var values: [(name: String, value: String)] = []

    /// Reads the words after the program's name.
    init(_ arguments: [String]) throws(Failure) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if command?.passesWordsOn == true, !words.isEmpty {
                words += [word] + rest
                return
            }
            if word == "--" {
                for word in rest { try take(word) }
                return
            }
            if word.hasPrefix("--") {
                try readLong(word.dropFirst(2), &rest)
            } else if word.hasPrefix("-"), word != "-" {
                try readShort(word.dropFirst(), &rest)
            } else {
                try take(word)
            }
        }
    }

    /// Whether the option was given.
    func isSet(_ name: String) -> Bool { values.contains { $0.name == name } }

    /// The value of the option; the last one where it was given twice, so that an alias can be
    /// overruled.
    subscript(name: String) -> String? { values.last { $0.name == name }?.value }

    /// The values of an option that may be given several times.
    func all(_ name: String) -> [String] { values.filter { $0.name == name }.map(\.value) }

    /// The value of an option as an integer.
    func integer(_ name: String) throws(Failure) -> Int? {
        guard let text = self[name] else { return nil }
        guard let value = Int(text) else {
            throw Failure(.usage, "--\(name) takes an integer, not \"\(text)\"")
        }
        return value
    }

    /// The value of an option as a number.
    func number(_ name: String) throws(Failure) -> Double? {
        guard let text = self[name] else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw Failure(.usage, "--\(name) takes a number, not \"\(text)\"")
        }
        return value
    }

    /// The value of an option that has to be one of these words.
    func choice(_ name: String, of words: [String]) throws(Failure) -> String? {
        guard let text = self[name] else { return nil }
        guard words.contains(text) else {
            throw Failure(
                .usage, "--\(name) takes one of \(words.joined(separator: ", ")), not \"\(text)\"")
        }
        return text
    }

    private var known: [Option] { Option.global + (command?.options ?? []) }

    private mutating func take(_ word: String) throws(Failure) {
        if command != nil {
            words.append(word)
        } else if let found = Command.named(word) {
            command = found
        } else {
            throw Command.unknown(word)
        }
    }

    private mutating func readLong(
        _ text: Substring, _ rest: inout ArraySlice<String>
    ) throws(Failure) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = known.first(where: { $0.name == name }) else {
            throw unknown("--\(name)", nearest: NearestName.to(name, among: known.map(\.name)))
        }
        if option.value == nil {
            guard parts.count == 1 else {
                throw Failure(.usage, "--\(name) takes no value")
            }
            values.append((name, ""))
        } else if parts.count == 2 {
            values.append((name, String(parts[1])))
        } else {
            values.append((name, try value(of: option, "--\(name)", &rest)))
        }
    }

    private mutating func readShort(
        _ text: Substring, _ rest: inout ArraySlice<String>
    ) throws(Failure) {
        let letter = text.first
        guard let letter, let option = known.first(where: { $0.letter == letter }),
            option.value != nil || text.count == 1
        else { throw unknown("-\(text)", nearest: nil) }
        let attached = String(text.dropFirst())
        if option.value == nil {
            values.append((option.name, ""))
        } else if attached.isEmpty {
            values.append((option.name, try value(of: option, "-\(letter)", &rest)))
        } else {
            values.append((option.name, attached))
        }
    }

    private func value(
        of option: Option, _ name: String, _ rest: inout ArraySlice<String>
    ) throws(Failure) -> String {
        guard let value = rest.popFirst() else {
            throw Failure(.usage, "\(name) needs a value: \(option.names.trimmedLeft)")
        }
        return value
    }

    private func unknown(_ name: String, nearest: String?) -> Failure {
        let place = command.map { " for `\($0.name)`" } ?? " before a command"
        if let parameter = command?.parameters.first(where: { $0.name.spells(name) }) {
            return Failure(
                .usage, "unknown option \(name)\(place); give it as -o \(parameter.name)=VALUE")
        }
        if let nearest {
            return Failure(.usage, "unknown option \(name)\(place); did you mean --\(nearest)?")
        }
        guard let command else {
            return Failure(
                .usage,
                "unknown option \(name)\(place); a command's own options follow its name, "
                    + "see crowd-models help")
        }
        return Failure(
            .usage,
            "unknown option \(name)\(place); see crowd-models help \(command.name), "
                + "and put -- before text that begins with a dash")
    }
}

extension String {
    /// Whether an option such as `--top-p` means the parameter of this name.
    fileprivate func spells(_ option: String) -> Bool {
        option.hasPrefix("--") && option.dropFirst(2).replacing("-", with: "_") == self
    }

    /// The text without the spaces it begins with.
    fileprivate var trimmedLeft: Substring { drop { $0 == " " } }
}
