/// Where the members of a request's params stand, noted while its line was validated, so that
/// nobody need walk through them again: those of an object of a few, as most are.
///
/// It points into the line, and is lent to whoever reads the params: by value it would be copied at
/// each door.
public struct ParamsNotes: Sendable {
    /// Members that are noted; where there are more, none is.
    static let membersMax = 8

    private var members = [8 of JSONMember](
        repeating: JSONMember(name: .absent, nameHasEscape: false, value: .absent))
    /// How many there are; nil where they are not noted.
    private(set) var count: Int?

    /// Notes of nothing.
    public init() {}

    /// The member at `index`, in the order of the text.
    subscript(index: Int) -> JSONMember { members[index] }

    /// Takes the walker through the object that it stands at.
    @inline(__always)
    mutating func note(_ walker: inout JSONWalker) throws(JSONError) {
        count = nil
        var found = 0
        try walker.enterObject()
        while let name = try walker.nextName() {
            let hasEscape = walker.nameHasEscape
            let value = try walker.skip()
            if found < Self.membersMax {
                members[found] = JSONMember(name: name, nameHasEscape: hasEscape, value: value)
            }
            found &+= 1
        }
        if found <= Self.membersMax { count = found }
    }
}
