/// `subscribe`: the state of things first, then their changes as `event` notifications.
public enum SubscribeMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required(
            "topics", .strings(["models", "backends", "requests", "stats", "log"]),
            "What to be told about."),
        .optional(
            "interval_ms", .integer(10...3_600_000),
            "The shortest time between two `stats` events, in milliseconds; 1000 if not given."),
    ]
}
