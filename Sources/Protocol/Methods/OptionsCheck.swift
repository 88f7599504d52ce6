/// The members of a call's `options`, which are meant for the backend's own body: not too many of
/// them, and no two of one name.
public enum OptionsCheck {
    /// The most members; a server's own parameters are a few dozen. Each is compared with those
    /// before it: 256 × 256 / 2 comparisons take 0.1 ms.
    public static let membersMax = 256

    /// Checks the argument that stands at `options`, which need not be there.
    public static func check(
        _ options: JSONRange, of method: Method, in text: Span<UInt8>
    ) throws(Fault) {
        if options.isPresent { try check(read(options, text), of: method, text) }
    }

    /// The members of an object, as many as may be and one more.
    static func read(_ options: JSONRange, _ text: Span<UInt8>) -> [JSONMember] {
        var members: [JSONMember] = []
        var reader = JSONMemberReader(from: Int(options.start))
        while members.count <= membersMax, let member = (try? reader.next(in: text)) ?? nil {
            members.append(member)
        }
        return members
    }

    static func check(
        _ members: [JSONMember], of method: Method, _ text: Span<UInt8>
    ) throws(Fault) {
        if members.count > membersMax {
            throw fault("must have at most \(membersMax) members", method)
        }
        for (index, member) in members.enumerated() {
            for other in members[..<index] where isSame(member, other, text) {
                let name = JSONText.quoted(text.extracting(member.name.bounds))
                throw fault("has the member `\(name)` twice", method)
            }
        }
    }

    /// Whether two members of one object have the same name.
    private static func isSame(
        _ first: JSONMember, _ second: JSONMember, _ text: Span<UInt8>
    ) -> Bool {
        if !first.nameHasEscape && !second.nameHasEscape {
            guard first.name.count == second.name.count else { return false }
            for offset in 0..<first.name.count
            where text[Int(first.name.start) + offset] != text[Int(second.name.start) + offset] {
                return false
            }
            return true
        }
        return JSONText.same(
            text.extracting(first.name.bounds), text.extracting(second.name.bounds))
    }

    private static func fault(_ what: String, _ method: Method) -> Fault {
        Fault(
            .invalidParams, "`options` of `\(method.name)` \(what)",
            data: ["parameter": "options"])
    }
}
