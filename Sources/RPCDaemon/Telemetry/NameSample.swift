/// Many names, of which people are shown the first: a list of a hundred thousand models is compared
/// with the next one by these.
package struct NameSample: Equatable, Sendable {
    /// Names that one line shows: what a person reads through.
    package static let shownMax = 50

    package private(set) var count = 0
    /// The first of them.
    package private(set) var shown: [String] = []
    /// Made of all of them in their order.
    private var digest = 0

    package init() {}

    package init(_ names: some Sequence<String>) {
        for name in names { add(name) }
    }

    package var isEmpty: Bool { count == 0 }

    package mutating func add(_ name: String) {
        count += 1
        if shown.count < Self.shownMax { shown.append(name) }
        var hasher = Hasher()
        hasher.combine(digest)
        hasher.combine(name)
        digest = hasher.finalize()
    }
}
