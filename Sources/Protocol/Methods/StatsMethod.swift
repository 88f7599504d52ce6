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

    /// What there is to know of it.
    public static let description = MethodDescription(
        .stats, "What happened within a window of time, in numbers.",
        """
        Windows roll: a request is gone from one when it is as old as the window, or 2 % (two \
        seconds) older. `total` is since the start. Each group has a bounded number of rows; the \
        least used are counted together as `other`, and one that asks much gets a row of its own. \
        A speed is counted from 8 tokens up.
        """,
        result: .statsAnswer,
        examples: [
            MethodExample(
                "the last five minutes",
                result: #"""
                    {"window": "5m", "uptime_seconds": 3600.5, "requests": {"total": 3,
                     "succeeded": 3, "failed": 0, "cancelled": 0, "rejected": 0}, "in_flight":
                     0, "queued": 0, "tokens": {"prompt": 60, "completion": 300,
                     "cached": 20},
                     "tokens_per_second": {"count": 3, "mean": 50.1, "p50": 50, "p90": 51,
                     "p99": 51, "max": 51}, "time_to_first_token": {"count": 3, "mean": 0.1,
                     "p50": 0.1, "p90": 0.12, "p99": 0.12, "max": 0.12}, "inter_token_latency":
                     {"count": 0}, "latency": {"count": 0}, "queue_time": {"count": 0},
                     "prediction_error": {"count": 0}, "overhead": {"count": 0},
                     "overhead_parts": {"parse": {"count": 0}, "queue": {"count": 0},
                     "connect": {"count": 0}, "backend": {"count": 0}, "relay": {"count": 0}},
                     "errors": {}, "backends": {"lmstudio":
                     {"requests": {"total": 3, "succeeded": 3, "failed": 0, "cancelled": 0,
                     "rejected": 0}, "tokens": {"prompt": 60, "completion": 300,
                     "cached": 20},
                     "tokens_per_second": {"count": 3, "mean": 50.1, "p50": 50, "p90": 51,
                     "p99": 51, "max": 51}, "time_to_first_token": {"count": 3, "mean": 0.1,
                     "p50": 0.1, "p90": 0.12, "p99": 0.12, "max": 0.12}, "inter_token_latency":
                     {"count": 0}, "latency": {"count": 0}, "queue_time": {"count": 0},
                     "prediction_error": {"count": 0}, "overhead": {"count": 0},
                     "overhead_parts": {"parse": {"count": 0}, "queue": {"count": 0},
                     "connect": {"count": 0}, "backend": {"count": 0}, "relay": {"count": 0}},
                     "errors": {}}}, "models": {}, "clients": {},
                     "process": {"resident_bytes": 9437184, "open_files": 14,
                     "event_loop_delay": {"count": 0}}}
                    """#),
            MethodExample(
                "for Prometheus",
                params: #"{"window": "total", "format": "prometheus"}"#,
                result: #"""
                    {"content_type": "text/plain; version=0.0.4", "text":
                     "crowd_models_requests_total{outcome=\"succeeded\"} 3\n"}
                    """#),
        ])
}
