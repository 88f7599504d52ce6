/// What is different between two lists of things that have names, in the order of the lists.
package struct NameDifference: Sendable {
    package private(set) var added: [String] = []
    package private(set) var removed: [String] = []
    package private(set) var changed: [String] = []

    package init<Thing: Equatable>(_ before: [Thing], _ now: [Thing], name: (Thing) -> String) {
        // By name: a list of many thousands is not searched through for each of them.
        let known = Dictionary(before.map { (name($0), $0) }) { first, _ in first }
        let names = Set(now.map(name))
        for thing in now {
            guard let old = known[name(thing)] else {
                added.append(name(thing))
                continue
            }
            if old != thing { changed.append(name(thing)) }
        }
        removed = before.map(name).filter { !names.contains($0) }
    }
}
