/// Hears of the params of a long line while that is validated, and keeps where they have their
/// parts: what a `ParamsSurvey` is made of.
///
/// What a line may hold more of than any method takes is not kept: the first one too many is enough
/// to refuse it.
struct ParamsScan: Sendable {
    /// The first of them, one more than any method takes.
    private(set) var entries: [ParamsSurvey.Entry] = []
    /// What is to be said of the member that `complete` calls `messages`.
    private(set) var messages = MessagesCheck()
    /// The first members of what `complete` calls `options`, one more than it may have.
    private(set) var options: [JSONMember] = []
    /// The first members of `_meta`.
    private(set) var meta: [JSONMember] = []
    /// The params of the call that `check` is asked about: none or one.
    private(set) var checked: [ParamsScan] = []

    private var entry = ParamsSurvey.Entry()
    private var count = 0
    private var inside = Inside.other
    private var member = JSONMember(name: .absent, nameHasEscape: false, value: .absent)
    private let isInsideCheck: Bool

    /// What the member at hand is, of those that are looked into.
    private enum Inside {
        case other, messages, options, meta, params
    }

    init(isInsideCheck: Bool = false) {
        self.isInsideCheck = isInsideCheck
    }

    /// Level 1 is that of the params' own members or elements.
    mutating func named(
        _ name: JSONRange, hasEscape: Bool, level: Int, in text: Span<UInt8>
    ) {
        switch level {
        case 1:
            entry.name = name
            entry.nameHasEscape = hasEscape
            inside = Self.inside(text.extracting(name.bounds), hasEscape)
        case 2 where inside == .options || inside == .meta:
            member.name = name
            member.nameHasEscape = hasEscape
        case 3 where inside == .messages:
            messages.named(text.extracting(name.bounds), hasEscape: hasEscape)
        default: break
        }
        if inside == .params, level > 1, !checked.isEmpty {
            checked[0].named(name, hasEscape: hasEscape, level: level - 1, in: text)
        }
    }

    mutating func began(_ kind: JSONKind, level: Int) {
        if level == 1 {
            entry.elements = JSONKinds()
            if !entry.name.isPresent { inside = Self.inside(position: count) }
            if inside == .params, !isInsideCheck, kind == .object || kind == .array {
                checked = [ParamsScan(isInsideCheck: true)]
            }
        } else if inside == .params, !checked.isEmpty {
            checked[0].began(kind, level: level - 1)
        }
    }

    mutating func ended(_ value: JSONRange, _ kind: JSONKind, level: Int, in text: Span<UInt8>) {
        switch level {
        case 1:
            entry.value = value
            if entries.count <= Arguments.parametersMax { entries.append(entry) }
            count &+= 1
            entry.name = .absent
            inside = .other
            return
        case 2:
            entry.elements.insert(kind)
            switch inside {
            case .messages: messages.messageEnded()
            case .options where options.count <= OptionsCheck.membersMax:
                member.value = value
                options.append(member)
            case .meta where meta.count < RequestMeta.membersMax:
                member.value = value
                meta.append(member)
            default: break
            }
        case 3 where inside == .messages: messages.memberEnded(kind)
        default: break
        }
        if inside == .params, !checked.isEmpty {
            checked[0].ended(value, kind, level: level - 1, in: text)
        }
    }

    private static func inside(_ name: Span<UInt8>, _ hasEscape: Bool) -> Inside {
        if JSONText.string(name, hasEscape: hasEscape, equals: "messages") { return .messages }
        if JSONText.string(name, hasEscape: hasEscape, equals: "options") { return .options }
        if JSONText.string(name, hasEscape: hasEscape, equals: "_meta") { return .meta }
        if JSONText.string(name, hasEscape: hasEscape, equals: "params") { return .params }
        return .other
    }

    /// The same by position; that of `params` is none of `complete` that is looked into.
    private static func inside(position: Int) -> Inside {
        switch position {
        case 1: .params
        case 2: .messages
        case 21: .options
        default: .other
        }
    }
}
