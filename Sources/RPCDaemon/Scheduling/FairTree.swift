/// The requests of one band that wait, by caller: the next is that of the caller whose share is the
/// least used, first come, first served within one caller's.
///
/// A tree of heaps over the levels of `Accounts`, which holds the shares and is shared with the
/// other bands. Shares only grow, so a heap's keys may be stale but never too high: they are put
/// right when they come to the top.
struct FairTree {
    private struct Node {
        var account: Int
        var parent: Int
        /// Its place in the parent's heap.
        var place: Int
        /// The account's `finish`, as last looked at.
        var key: UInt64
        /// The arrival that brought it, which decides between equal shares.
        var order: UInt64
        var waiting = 0
        /// The heap of its children; empty for a leaf.
        var children: [Int] = []
        /// A leaf's line, by index into the lane's `waiting`.
        var line = Line()
    }

    private var nodes = [Node(account: 0, parent: -1, place: 0, key: 0, order: 0)]
    private var free: [Int] = []
    /// The node of an account; -1 for none.
    private var nodeOf: [Int] = []

    /// How many wait in it.
    var count: Int { nodes[0].waiting }
    /// Nodes that it has room for without growing, those too that nobody needs now.
    var room: Int { nodes.count }

    /// Puts a request at the end of its caller's line, or at its front.
    mutating func insert(
        _ index: Int, of leaf: Int, order: UInt64, atFront: Bool, _ accounts: Accounts,
        _ links: inout [Link]
    ) {
        let path = accounts.all[leaf].path
        nodes[0].waiting += 1
        var node = 0
        for level in 0..<Accounts.levels {
            node = child(of: node, Int(path[level]), order: order, accounts)
            nodes[node].waiting += 1
        }
        if atFront {
            nodes[node].line.prepend(index, in: &links)
        } else {
            nodes[node].line.append(index, in: &links)
        }
    }

    /// Takes a request out, wherever it stands; what a crowd left is given back when all have gone.
    mutating func remove(_ index: Int, of leaf: Int, _ links: inout [Link]) {
        var node = nodeOf[leaf]
        nodes[node].line.remove(index, in: &links)
        while node != 0 {
            let parent = nodes[node].parent
            nodes[node].waiting -= 1
            if nodes[node].waiting == 0 {
                takeOut(nodes[node].place, of: parent)
                nodeOf[nodes[node].account] = -1
                free.append(node)
            }
            node = parent
        }
        nodes[0].waiting -= 1
        if nodes[0].waiting == 0, nodes.count > SchedulingLimits.nodesKept { self = FairTree() }
    }

    /// The request whose turn it is; there must be one.
    mutating func first(_ accounts: Accounts) -> Int {
        var node = 0
        for _ in 0..<Accounts.levels { node = best(of: node, accounts) }
        return nodes[node].line.first
    }

    private mutating func best(of node: Int, _ accounts: Accounts) -> Int {
        while true {
            let child = nodes[node].children[0]
            let key = accounts.all[nodes[child].account].finish
            if nodes[child].key == key { return child }
            nodes[child].key = key
            sink(0, of: node)
        }
    }

    private mutating func child(
        of parent: Int, _ account: Int, order: UInt64, _ accounts: Accounts
    ) -> Int {
        while nodeOf.count <= account { nodeOf.append(-1) }
        if nodeOf[account] >= 0 { return nodeOf[account] }
        let key = accounts.all[account].finish
        let index: Int
        if let old = free.popLast() {
            index = old
            nodes[index].account = account
            nodes[index].parent = parent
            nodes[index].key = key
            nodes[index].order = order
        } else {
            index = nodes.count
            nodes.append(Node(account: account, parent: parent, place: 0, key: key, order: order))
        }
        nodeOf[account] = index
        nodes[index].place = nodes[parent].children.count
        nodes[parent].children.append(index)
        rise(nodes[index].place, of: parent)
        return index
    }

    private mutating func takeOut(_ place: Int, of parent: Int) {
        let last = nodes[parent].children.removeLast()
        guard place < nodes[parent].children.count else { return }
        nodes[parent].children[place] = last
        nodes[last].place = place
        rise(place, of: parent)
        sink(nodes[last].place, of: parent)
    }

    private func precedes(_ first: Int, _ other: Int) -> Bool {
        nodes[first].key != nodes[other].key
            ? nodes[first].key < nodes[other].key : nodes[first].order < nodes[other].order
    }

    private mutating func rise(_ place: Int, of parent: Int) {
        var place = place
        while place > 0 {
            let above = (place - 1) / 2
            guard precedes(nodes[parent].children[place], nodes[parent].children[above]) else {
                return
            }
            swap(place, above, of: parent)
            place = above
        }
    }

    private mutating func sink(_ place: Int, of parent: Int) {
        var place = place
        let count = nodes[parent].children.count
        while true {
            var least = place
            let below = 2 * place + 1
            for child in below..<min(below + 2, max(below, count))
            where precedes(nodes[parent].children[child], nodes[parent].children[least]) {
                least = child
            }
            if least == place { return }
            swap(place, least, of: parent)
            place = least
        }
    }

    private mutating func swap(_ first: Int, _ other: Int, of parent: Int) {
        nodes[parent].children.swapAt(first, other)
        nodes[nodes[parent].children[first]].place = first
        nodes[nodes[parent].children[other]].place = other
    }
}
