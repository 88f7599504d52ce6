/// A request in a lane's queue; lanes know it by its index, which it keeps until it leaves.
struct Waiting {
    var key: UInt64
    /// The leaf of `Accounts` that pays for it.
    var account: Int
    /// Its model, by index into the lane's models.
    var model: Int
    /// The band that it stands in, by index into the lane's bands.
    var band = 0
    var priority: Priority
    var work: Ticket.Work
    var wantsProgress: Bool
    var arrivedAt: UInt64
    var expiresAt: UInt64
    /// Goes up with every request that comes.
    var order: UInt64
    /// Its place, the first being 1, as of the round in which places were found.
    var place = 0
    var placeRound: UInt64 = 0
}

/// The neighbours of an element in a `Line`; -1 for none.
struct Link {
    var before = -1
    var after = -1
}

/// A doubly linked list of the numbers from 0 up, so that any of them leaves at once. Its owner
/// keeps the links, by number.
struct Line {
    private(set) var first = -1
    private(set) var last = -1

    mutating func append(_ index: Int, in links: inout [Link]) {
        links[index] = Link(before: last)
        if last >= 0 { links[last].after = index } else { first = index }
        last = index
    }

    mutating func prepend(_ index: Int, in links: inout [Link]) {
        links[index] = Link(after: first)
        if first >= 0 { links[first].before = index } else { last = index }
        first = index
    }

    mutating func remove(_ index: Int, in links: inout [Link]) {
        let own = links[index]
        if own.before >= 0 { links[own.before].after = own.after } else { first = own.after }
        if own.after >= 0 { links[own.after].before = own.before } else { last = own.before }
    }
}
