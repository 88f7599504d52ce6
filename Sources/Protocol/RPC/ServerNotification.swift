/// What the server sends of its own accord, and only to those who asked for it.
public enum ServerNotification: UInt8, CaseIterable, Sendable {
    case completeDelta, completeProgress, event, toolProgress

    /// The name on the wire.
    public var name: StaticString {
        switch self {
        case .completeDelta: "complete.delta"
        case .completeProgress: "complete.progress"
        case .event: "event"
        case .toolProgress: "notifications/progress"
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
        case .toolProgress:
            "How far a `tools/call` is, where its `_meta` has a `progressToken`, before its result."
        }
    }

    /// The schema of its `params`.
    public var params: Schema {
        switch self {
        case .completeDelta: .completeDelta
        case .completeProgress: .completeProgress
        case .event: .event
        case .toolProgress: .toolProgress
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
        case .toolProgress:
            #"""
            {"progressToken": "t1", "progress": 1, "message": "queued, place 2 on lmstudio"}
            """#
        }
    }
}
