import CrowdModelsProtocol

/// Reads one table key by key into typed places; what does not fit goes to the list of problems.
///
/// Lives as long as one reading. Each key that it is not told of is a problem of its own.
struct TableReader {
    let table: TOMLTable
    /// The section as a message names it: `[server]`.
    let section: String
    let problems: ProblemList

    /// Reports the keys that are not known here.
    func refuseUnknown(known: [String]) {
        for entry in table.entries where !known.contains(entry.key.text) {
            problems.add(entry.position, unknown(entry, known))
        }
    }

    private func unknown(_ entry: TOMLTable.Entry, _ known: [String]) -> String {
        let key = entry.key.text
        let start = "unknown key `\(entry.key)` in \(section)"
        let nearest = NearestName.nearest(to: key, among: known)
        if let nearest, NearestName.isSlip(nearest.edits, in: key) {
            return "\(start): did you mean `\(nearest.name)`?"
        }
        if let home = Config.sections.first(where: { $0.keys.contains(key) }) {
            return "\(start): it belongs in \(home.name); the nearest key here is "
                + "`\(nearest?.name ?? "")`"
        }
        let list = known.map { "`\($0)`" }.joined(separator: ", ")
        return "\(start): the nearest known key is `\(nearest?.name ?? "")`; known are \(list)"
    }

    /// Hands the key's value to `take`, which answers what was expected if the type is wrong.
    private func read(_ key: String, _ expected: String, _ take: (TOMLNode) -> Bool) {
        guard let entry = table[key] else { return }
        guard !take(entry.node) else { return }
        problems.add(
            entry.node.position,
            "`\(key)` must be \(expected), not \(entry.node.value.typeName)")
    }

    func boolean(_ key: String, into place: inout Bool) {
        var value = place
        read(key, "a boolean (true or false)") { node in
            guard case .boolean(let flag) = node.value else { return false }
            value = flag
            return true
        }
        place = value
    }

    /// Reads a text; `check` answers what is wrong with it.
    func string(
        _ key: String, _ meaning: String, check: (String) -> String? = { _ in nil }
    ) -> String? {
        var value: String?
        read(key, "a string (\(meaning))") { node in
            guard case .string(let text) = node.value else { return false }
            if let wrong = check(text) {
                problems.add(node.position, "`\(key)` \(wrong)")
            } else {
                value = text
            }
            return true
        }
        return value
    }

    func integer(
        _ key: String, _ unit: String, _ range: ClosedRange<Int>, hint: String = ""
    ) -> Int? {
        var value: Int?
        read(key, "an integer (\(unit))") { node in
            guard case .integer(let number) = node.value else { return false }
            if let fitting = Int(exactly: number), range.contains(fitting) {
                value = fitting
            } else {
                problems.add(
                    node.position,
                    "`\(key)` is \(number); allowed is \(range.lowerBound) to "
                        + "\(range.upperBound) (\(unit))\(hint)")
            }
            return true
        }
        return value
    }

    func seconds(_ key: String, _ range: ClosedRange<Double>, into place: inout Seconds) {
        var value = place
        read(key, "an integer or a float (seconds)") { node in
            let number: Double
            switch node.value {
            case .integer(let whole): number = Double(whole)
            case .float(let given): number = given
            default: return false
            }
            if range.contains(number) {
                value = Seconds(number)
            } else {
                problems.add(
                    node.position,
                    "`\(key)` is \(shortest(number)); allowed is \(shortest(range.lowerBound)) to "
                        + "\(shortest(range.upperBound)) (seconds)")
            }
            return true
        }
        place = value
    }

    /// Reads one of a few words.
    func choice<Word: CaseIterable & RawRepresentable<String>>(
        _ key: String, into place: inout Word
    ) {
        let words = Word.allCases.map(\.rawValue)
        let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
        let text = string(key, "one of \(list)") { text in
            guard Word(rawValue: text) == nil else { return nil }
            let nearest = NearestName.nearest(to: text, among: words)
            let isSlip = nearest.map { NearestName.isSlip($0.edits, in: text) } ?? false
            let hint = isSlip ? ": did you mean \"\(nearest?.name ?? "")\"?" : ""
            return "is \(TOMLKey.quoted(text)), but must be one of \(list)\(hint)"
        }
        if let text, let word = Word(rawValue: text) { place = word }
    }

    /// Reads a list of texts; `check` answers what is wrong with one.
    func strings(
        _ key: String, _ meaning: String, check: (String) -> String?, into place: inout [String]
    ) {
        elements(key, "an array of strings (\(meaning))", into: &place) { node in
            guard case .string(let text) = node.value else { return nil }
            return .some((text, check(text)))
        }
    }

    /// Reads a list of numbers within a range.
    func integers<Number: FixedWidthInteger>(
        _ key: String, _ meaning: String, _ range: ClosedRange<Number>, into place: inout [Number]
    ) {
        elements(key, "an array of integers (\(meaning))", into: &place) { node in
            guard case .integer(let number) = node.value else { return nil }
            guard let fitting = Number(exactly: number), range.contains(fitting) else {
                return (
                    range.lowerBound,
                    "is \(number); allowed is \(range.lowerBound) to \(range.upperBound)"
                )
            }
            return (fitting, nil)
        }
    }

    /// `take` answers an element and what is wrong with it, or nil for a wrong type.
    private func elements<Element>(
        _ key: String, _ expected: String, into place: inout [Element],
        take: (TOMLNode) -> (Element, String?)?
    ) {
        var values: [Element]?
        read(key, expected) { node in
            guard case .array(let nodes) = node.value else { return false }
            var taken: [Element] = []
            for (index, node) in nodes.enumerated() {
                switch take(node) {
                case nil:
                    problems.add(
                        node.position,
                        "`\(key)` must be \(expected), but element \(index + 1) is "
                            + node.value.typeName)
                case (_, let wrong?)?:
                    problems.add(node.position, "`\(key)` element \(index + 1) \(wrong)")
                case (let element, nil)?: taken.append(element)
                }
            }
            values = taken
            return true
        }
        if let values { place = values }
    }

    private func shortest(_ number: Double) -> String {
        number.magnitude < 1e15 && Double(Int64(number)) == number
            ? "\(Int64(number))" : "\(number)"
    }
}
