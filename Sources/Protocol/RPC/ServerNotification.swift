/// What the server sends of its own accord, and only to those who asked for it.
public enum ServerNotification: UInt8, CaseIterable, Sendable {
    case completeDelta, completeProgress, event

    /// The name on the wire.
    public var name: StaticString {
        switch self {
        case .completeDelta: "complete.delta"
        case .completeProgress: "complete.progress"
        case .event: "event"
        }
    }

    /// What it tells, and who gets it.
    public var summary: String {
        switch self {
        case .completeDelta:
            "A piece of a completion's text, for `complete` with `stream`, before its result."
        case .completeProgress:
            "Where a completion stands, for `complete` with `progress`, before its result."
        case .event: "What a subscription has to tell: how things stand first, then each change."
        }
    }

    /// The schema of its `params`.
    public var params: Schema {
        switch self {
        case .completeDelta: .completeDelta
        case .completeProgress: .completeProgress
        case .event: .event
        }
    }

    /// Its `params` as they may come, a JSON object.
    public var example: StaticString {
        switch self {
        case .completeDelta: #"{"id": 1, "seq": 0, "content": "Hel"}"#
        case .completeProgress:
            #"{"id": 1, "phase": "queued", "position": 2, "backend": "lmstudio", "eta_ms": 1800}"#
        case .event:
            #"""
            {"subscription": "s1", "seq": 1, "topic": "models", "data": {"change": {
             "kind": "changed", "model": {"id": "qwen3-4b", "backend": "lmstudio", "type": "llm",
             "state": "loading"}}}}
            """#
        }
    }
}
