/// A table that may still grow while its text is read; it knows who may add to it.
final class TOMLBuilder {
    /// How the table came to be, which decides who may add to it.
    enum Origin {
        /// Only named on the way to a longer header: may still be defined, once.
        case implied
        /// Defined by its own header: nobody may define it again.
        case header
        /// Defined by dotted keys: more dotted keys may add, and headers below it.
        case dotted
    }

    /// What a key leads to.
    enum Child {
        /// A plain value, an array or an inline table: closed.
        case value(TOMLNode)
        case table(TOMLBuilder)
        /// An array of tables; it is never empty, and keys mean its last table.
        case tables([TOMLBuilder])
    }

    /// A member on its way into the table.
    struct Member {
        var key: TOMLKey
        var position: TOMLPosition
        var child: Child
    }

    var origin: Origin
    let position: TOMLPosition
    /// How many tables and arrays are around it; the root is at 1.
    let depth: Int
    private var members: [Member] = []
    private var places: [TOMLKey: Int] = [:]

    init(_ origin: Origin, at position: TOMLPosition, depth: Int) {
        self.origin = origin
        self.position = position
        self.depth = depth
    }

    func member(_ key: TOMLKey) -> Member? { places[key].map { members[$0] } }

    /// Adds a key that is not there yet.
    func add(_ key: TOMLKey, at position: TOMLPosition, _ child: Child) {
        precondition(places[key] == nil, "a key of a table is added once")
        places[key] = members.count
        members.append(Member(key: key, position: position, child: child))
    }

    /// Adds a table at the end of the array of tables that stands under the key.
    func append(_ table: TOMLBuilder, to key: TOMLKey) {
        guard let place = places[key], case .tables(let tables) = members[place].child else {
            preconditionFailure("an array of tables is there before it grows")
        }
        members[place].child = .tables(tables + [table])
    }

    /// The table as a value. Recursion is as deep as the text nests, which is bounded.
    func table() -> TOMLTable {
        TOMLTable(
            entries: members.map { member in
                let node =
                    switch member.child {
                    case .value(let node): node
                    case .table(let table):
                        TOMLNode(value: .table(table.table()), position: table.position)
                    case .tables(let tables):
                        TOMLNode(
                            value: .array(
                                tables.map {
                                    TOMLNode(value: .table($0.table()), position: $0.position)
                                }), position: member.position)
                    }
                return TOMLTable.Entry(key: member.key, position: member.position, node: node)
            })
    }
}
