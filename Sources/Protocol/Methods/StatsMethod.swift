/// `stats`: what happened within a window of time, in numbers.
public enum StatsMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .optional(
            "window", .choice(["1m", "5m", "15m", "1h", "total"]),
            "How far back to look; `5m` if not given."),
        .optional(
            "format", .choice(["json", "prometheus"]),
            "`json` (the default) or the text that Prometheus scrapes."),
    ]
}
