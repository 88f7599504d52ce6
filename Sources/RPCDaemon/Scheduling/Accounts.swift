/// What each caller has had of one backend, from users down to tags.
///
/// Start-time fair queuing: an account's `finish` is the virtual time at which its next request
/// would start; the least goes first. One start costs one unit on each of its four levels; an
/// account that comes anew begins at its parent's clock, so that nobody saves up turns.
///
/// A caller's account ends with its last request. The places of the last few that ended are kept,
/// since most callers come again: theirs is found then, and not made.
struct Accounts {
    /// uid, process, connection, tag.
    static let levels = 4

    struct Account {
        var parent: Int
        var finish: UInt64 = 0
        /// The virtual time among its children: where the last one of them started.
        var clock: UInt64 = 0
        /// Requests that wait, and that wait or run, below it.
        var waiting = 0
        var requests = 0
        /// Children of which requests wait.
        var active = 0
        /// Leaves below it that are kept though they have ended.
        var resting = 0
        /// A leaf's own way from the uid down; the leaf itself is last.
        var path = SIMD4<Int32>(repeating: -1)
        /// A leaf's connection: what tells most callers apart.
        var connection: UInt64 = 0
        var name: Name
    }

    /// What an account is called among its parent's children.
    struct Name: Hashable {
        var parent: Int
        var number: UInt64
    }

    private(set) var all = [Account(parent: -1, name: Name(parent: -1, number: 0))]
    private var free: [Int] = []
    private var inner: [Name: Int] = [:]
    private var leaves: [Caller: Int] = [:]
    /// By account, the caller of a leaf.
    private var callers: [Caller?] = [nil]

    /// Leaves that have ended, the last one last; their places are taken back when they are more
    /// than a few.
    private var resting: [Int] = []

    /// The leaf of a caller, which counts one more request from here on.
    mutating func open(_ caller: Caller) -> Int {
        let leaf = restingLeaf(of: caller) ?? leaves[caller] ?? create(caller)
        let path = all[leaf].path
        all[0].requests += 1
        var parent = 0
        for level in 0..<Self.levels {
            let index = Int(path[level])
            if all[index].requests == 0 { renew(index, below: parent) }
            all[index].requests += 1
            parent = index
        }
        return leaf
    }

    /// A request of that leaf is gone for good.
    mutating func close(_ leaf: Int) {
        let path = all[leaf].path
        all[0].requests -= 1
        for level in 0..<Self.levels { all[Int(path[level])].requests -= 1 }
        guard all[leaf].requests == 0 else { return }
        for level in 0..<Self.levels { all[Int(path[level])].resting += 1 }
        resting.append(leaf)
        if resting.count > SchedulingLimits.restingAccountsMax { takeBack(resting.removeFirst()) }
    }

    /// The caller's leaf among those that have ended, taken out from them; the last are looked at
    /// first.
    private mutating func restingLeaf(of caller: Caller) -> Int? {
        var place = resting.count - 1
        while place >= 0 {
            let leaf = resting[place]
            if all[leaf].connection == caller.connection, callers[leaf] == caller { break }
            place -= 1
        }
        if place < 0 { return nil }
        let leaf = resting.remove(at: place)
        let path = all[leaf].path
        for level in 0..<Self.levels { all[Int(path[level])].resting -= 1 }
        return leaf
    }

    /// One that comes again is as one that comes anew.
    private mutating func renew(_ index: Int, below parent: Int) {
        all[index].finish = all[parent].clock
        all[index].clock = 0
    }

    /// Frees the place of a leaf that has ended, and of whatever is above it for its sake alone.
    private mutating func takeBack(_ leaf: Int) {
        let path = all[leaf].path
        for level in (0..<Self.levels).reversed() {
            let index = Int(path[level])
            all[index].resting -= 1
            if all[index].requests == 0, all[index].resting == 0 {
                remove(index, isLeaf: level == Self.levels - 1)
            }
        }
    }

    /// A request of that leaf begins to wait. Who had none waiting begins at the clock.
    mutating func wait(_ leaf: Int) {
        let path = all[leaf].path
        var parent = 0
        for level in 0..<Self.levels {
            let index = Int(path[level])
            if all[index].waiting == 0 {
                all[index].finish = max(all[index].finish, all[parent].clock)
                all[parent].active += 1
            }
            all[index].waiting += 1
            parent = index
        }
        all[0].waiting += 1
    }

    /// A request of that leaf does not wait any more.
    mutating func stopWaiting(_ leaf: Int) {
        let path = all[leaf].path
        var parent = 0
        for level in 0..<Self.levels {
            let index = Int(path[level])
            all[index].waiting -= 1
            if all[index].waiting == 0 { all[parent].active -= 1 }
            parent = index
        }
        all[0].waiting -= 1
    }

    /// How many of those that wait would go before one more of that caller, as far as shares
    /// decide: of each of its siblings as many as of its own.
    func ahead(of caller: Caller) -> Int {
        if all[0].waiting == 0 { return 0 }
        var path = SIMD4<Int32>(repeating: -1)
        if let leaf = leaves[caller], all[leaf].requests > 0 {
            path = all[leaf].path
        } else {
            let numbers: InlineArray<3, UInt64> = [
                UInt64(caller.uid), UInt64(UInt32(bitPattern: caller.pid)), caller.connection,
            ]
            var parent = 0
            for level in 0..<3 {
                guard let index = inner[Name(parent: parent, number: numbers[level])],
                    all[index].requests > 0
                else { break }
                path[level] = Int32(truncatingIfNeeded: index)
                parent = index
            }
        }
        var ahead = path[3] < 0 ? 0 : all[Int(path[3])].waiting
        for level in (0..<Self.levels).reversed() {
            let parent = level == 0 ? 0 : Int(path[level - 1])
            if parent < 0 { continue }
            let isActive = path[level] >= 0 && all[Int(path[level])].waiting > 0
            let siblings = all[parent].active + (isActive ? 0 : 1)
            ahead = min(all[parent].waiting, (ahead + 1) * siblings - 1)
        }
        return ahead
    }

    /// A request of that leaf starts. Who lagged behind the clock keeps only a few turns of it.
    mutating func charge(_ leaf: Int) {
        let path = all[leaf].path
        var parent = 0
        for level in 0..<Self.levels {
            let index = Int(path[level])
            let clock = all[parent].clock
            let lag = SchedulingLimits.shareLagMax
            let tag = max(all[index].finish, clock > lag ? clock - lag : 0)
            all[parent].clock = max(clock, tag)
            all[index].finish = tag + 1
            parent = index
        }
    }

    /// A request of that leaf took as much as so many others; its callers pay for it.
    mutating func surcharge(_ leaf: Int, units: UInt64) {
        let path = all[leaf].path
        for level in 0..<Self.levels { all[Int(path[level])].finish += units }
    }

    /// Which of two leaves has the turn: negative for the first, positive for the other, 0 if
    /// nothing tells them apart.
    func compare(_ first: Int, _ other: Int) -> Int {
        if first == other { return 0 }
        let (left, right) = (all[first].path, all[other].path)
        for level in 0..<Self.levels where left[level] != right[level] {
            let (mine, its) = (all[Int(left[level])].finish, all[Int(right[level])].finish)
            return mine == its ? 0 : mine < its ? -1 : 1
        }
        return 0
    }

    private mutating func create(_ caller: Caller) -> Int {
        var path = SIMD4<Int32>(repeating: -1)
        let uid = child(of: 0, UInt64(caller.uid))
        let process = child(of: uid, UInt64(UInt32(bitPattern: caller.pid)))
        let connection = child(of: process, caller.connection)
        let leaf = add(parent: connection, Name(parent: connection, number: 0))
        path[0] = Int32(truncatingIfNeeded: uid)
        path[1] = Int32(truncatingIfNeeded: process)
        path[2] = Int32(truncatingIfNeeded: connection)
        path[3] = Int32(truncatingIfNeeded: leaf)
        all[leaf].path = path
        all[leaf].connection = caller.connection
        leaves[caller] = leaf
        callers[leaf] = caller
        return leaf
    }

    private mutating func child(of parent: Int, _ number: UInt64) -> Int {
        let name = Name(parent: parent, number: number)
        if let known = inner[name] { return known }
        let index = add(parent: parent, name)
        inner[name] = index
        return index
    }

    private mutating func add(parent: Int, _ name: Name) -> Int {
        let account = Account(parent: parent, finish: all[parent].clock, name: name)
        if let index = free.popLast() {
            all[index] = account
            return index
        }
        all.append(account)
        callers.append(nil)
        return all.count - 1
    }

    private mutating func remove(_ index: Int, isLeaf: Bool) {
        if isLeaf {
            if let caller = callers[index].take() { leaves[caller] = nil }
        } else {
            inner[all[index].name] = nil
        }
        free.append(index)
    }
}
