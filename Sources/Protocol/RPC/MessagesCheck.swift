/// What is wrong with the first message of a conversation that has anything wrong with it.
///
/// It is told the members as somebody walks through them, the kind of each value after its name.
struct MessagesCheck: Sendable {
    private enum Member {
        case role, content, other
    }

    private enum Problem {
        case role(JSONKind)
        case content(JSONKind)
        case noRole
    }

    private var member = Member.other
    private var hasRole = false
    private var problem: Problem?
    private var index = 0

    /// Checks the array token.
    init(_ messages: Span<UInt8>) {
        var walker = JSONWalker(messages)
        try? walker.enterArray()
        while (try? walker.nextElement()) == true {
            guard (try? walker.enterObject()) != nil else { return }
            while let name = (try? walker.nextName()) ?? nil {
                named(messages.extracting(name.bounds), hasEscape: walker.nameHasEscape)
                memberEnded(walker.kind)
                _ = try? walker.skip()
            }
            messageEnded()
            if problem != nil { return }
        }
    }

    init() {}

    mutating func named(_ name: Span<UInt8>, hasEscape: Bool) {
        if JSONText.string(name, hasEscape: hasEscape, equals: "role") {
            member = .role
        } else if JSONText.string(name, hasEscape: hasEscape, equals: "content") {
            member = .content
        } else {
            member = .other
        }
    }

    mutating func memberEnded(_ kind: JSONKind) {
        if problem != nil { return }
        switch member {
        case .role:
            hasRole = true
            if kind != .string { problem = .role(kind) }
        case .content:
            if kind != .string && kind != .array && kind != .null { problem = .content(kind) }
        case .other: break
        }
        member = .other
    }

    mutating func messageEnded() {
        if problem != nil { return }
        if hasRole {
            hasRole = false
            index &+= 1
        } else {
            problem = .noRole
        }
    }

    /// -32602 about that message; nil where nothing is wrong.
    var fault: Fault? {
        guard let problem else { return nil }
        let what =
            switch problem {
            case .role(let kind): "`role` must be a string, not \(kind.withArticle)"
            case .content(let kind):
                "`content` must be a string or an array of parts, not \(kind.withArticle)"
            case .noRole: "`role` is missing; it is `user`, `assistant`, `system`…"
            }
        return Fault(
            .invalidParams, "`messages` of `complete`, element \(index): \(what)",
            data: ["parameter": "messages"])
    }
}
