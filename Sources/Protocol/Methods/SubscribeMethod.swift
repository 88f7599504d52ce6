/// `subscribe`: the state of things first, then their changes as `event` notifications.
public enum SubscribeMethod {
    /// Subscriptions of one connection: three times the topics, so that a program may have one for
    /// each of its parts, and a loop that forgets to unsubscribe is noticed.
    public static let subscriptionsPerConnectionMax = 15
    /// Milliseconds between two `stats` events where the call does not say.
    public static let intervalMillisecondsDefault = 1000

    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required(
            "topics", .strings(["models", "backends", "requests", "stats", "log"]),
            "What to be told about."),
        .optional(
            "interval_ms", .integer(10...3_600_000),
            "The shortest time between two `stats` events, in milliseconds; 1000 if not given."),
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .subscribe, "Tells how things stand, and then each change, as `event` notifications.",
        """
        After the result comes one `event` with a `snapshot` for each topic, then one for each \
        `change`, numbered without gaps by `seq`. A subscription ends with `unsubscribe`, with \
        the connection, or with an event whose data is `ended` when its events are not read in \
        time. It needs an id that is not null and cannot stand in a batch. A connection has at \
        most 15 of them (`subscriptions_per_connection_max`).
        """,
        result: .subscribeResult,
        errors: [
            .invalidRequest, .limitExceeded,
        ],
        notifications: [.event],
        examples: [
            MethodExample(
                "models and backends",
                params: #"{"topics": ["models", "backends"]}"#,
                result: #"{"subscription": "s1"}"#)
        ])
}
