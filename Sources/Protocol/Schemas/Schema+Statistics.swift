extension Schema {
    static let statistics = [
        statsAnswer, statsResult, statsText, statsScope, requestCounts, tokenCounts, errorCounts,
        distribution,
    ]

    static let statsAnswer = Schema(
        "StatsAnswer",
        #"""
        {"description": "Numbers, or text with `format` `prometheus`.",
         "anyOf": [{"$ref": "#/components/schemas/StatsResult"},
          {"$ref": "#/components/schemas/StatsText"}]}
        """#)

    static let statsResult = Schema(
        "StatsResult",
        #"""
        {"type": "object", "description": "What happened within the window.",
         "required": ["window", "uptime_seconds", "requests", "in_flight", "queued", "tokens",
          "tokens_per_second", "time_to_first_token", "inter_token_latency", "latency",
          "queue_time", "overhead", "errors", "backends", "models", "clients", "process"],
         "properties": {
          "window": {"type": "string", "enum": ["1m", "5m", "15m", "1h", "total"],
            "description": "How far back this looks."},
          "uptime_seconds": {"type": "number", "minimum": 0,
            "description": "Seconds since the daemon started."},
          "requests": {"$ref": "#/components/schemas/RequestCounts"},
          "in_flight": {"type": "integer", "minimum": 0, "description": "Running now."},
          "queued": {"type": "integer", "minimum": 0, "description": "Waiting now."},
          "tokens": {"$ref": "#/components/schemas/TokenCounts"},
          "tokens_per_second": {"$ref": "#/components/schemas/Distribution",
            "description": "Speed of each completion, in tokens per second."},
          "time_to_first_token": {"$ref": "#/components/schemas/Distribution",
            "description": "Seconds from sending to the first token."},
          "inter_token_latency": {"$ref": "#/components/schemas/Distribution",
            "description": "Seconds between one token and the next."},
          "latency": {"$ref": "#/components/schemas/Distribution",
            "description": "Seconds from arrival to the answer."},
          "queue_time": {"$ref": "#/components/schemas/Distribution",
            "description": "Seconds from arrival to sending."},
          "overhead": {"$ref": "#/components/schemas/Distribution",
            "description": "Seconds that the daemon itself added."},
          "errors": {"$ref": "#/components/schemas/ErrorCounts"},
          "backends": {"type": "object", "description": "The same by backend.",
            "additionalProperties": {"$ref": "#/components/schemas/StatsScope"}},
          "models": {"type": "object", "description": "The same by model.",
            "additionalProperties": {"$ref": "#/components/schemas/StatsScope"}},
          "clients": {"type": "object", "description": "The same by client, `uid:1000 TAG`.",
            "additionalProperties": {"$ref": "#/components/schemas/StatsScope"}},
          "process": {"type": "object", "description": "The daemon itself.",
            "required": ["resident_bytes", "open_files", "event_loop_delay"], "properties": {
            "resident_bytes": {"type": "integer", "minimum": 0,
              "description": "Memory it occupies, in bytes."},
            "open_files": {"type": "integer", "minimum": 0,
              "description": "Files and sockets it holds open."},
            "event_loop_delay": {"$ref": "#/components/schemas/Distribution",
              "description": "Seconds that events waited for their turn."}}}}}
        """#)

    static let statsText = Schema(
        "StatsText",
        #"""
        {"type": "object", "description": "The same numbers as text for Prometheus.",
         "required": ["content_type", "text"], "properties": {
          "content_type": {"type": "string", "description": "The text's media type."},
          "text": {"type": "string", "description": "One line per number."}}}
        """#)

    static let statsScope = Schema(
        "StatsScope",
        #"""
        {"type": "object", "description": "What happened to one backend, model or client.",
         "required": ["requests", "tokens", "tokens_per_second", "time_to_first_token",
          "inter_token_latency", "latency", "queue_time", "overhead", "errors"],
         "properties": {
          "requests": {"$ref": "#/components/schemas/RequestCounts"},
          "in_flight": {"type": "integer", "minimum": 0, "description": "Running now."},
          "queued": {"type": "integer", "minimum": 0, "description": "Waiting now."},
          "tokens": {"$ref": "#/components/schemas/TokenCounts"},
          "tokens_per_second": {"$ref": "#/components/schemas/Distribution"},
          "time_to_first_token": {"$ref": "#/components/schemas/Distribution"},
          "inter_token_latency": {"$ref": "#/components/schemas/Distribution"},
          "latency": {"$ref": "#/components/schemas/Distribution"},
          "queue_time": {"$ref": "#/components/schemas/Distribution"},
          "overhead": {"$ref": "#/components/schemas/Distribution"},
          "errors": {"$ref": "#/components/schemas/ErrorCounts"}}}
        """#)

    static let requestCounts = Schema(
        "RequestCounts",
        #"""
        {"type": "object", "description": "Requests that ended; each counts once.",
         "required": ["total", "succeeded", "failed", "cancelled", "rejected"], "properties": {
          "total": {"type": "integer", "minimum": 0, "description": "All of them."},
          "succeeded": {"type": "integer", "minimum": 0, "description": "Answered with a result."},
          "failed": {"type": "integer", "minimum": 0, "description": "Sent to a backend, in vain."},
          "cancelled": {"type": "integer", "minimum": 0, "description": "Cancelled by the client."},
          "rejected": {"type": "integer", "minimum": 0,
            "description": "Refused without asking a backend."}}}
        """#)

    static let tokenCounts = Schema(
        "TokenCounts",
        #"""
        {"type": "object", "description": "Tokens.", "required": ["prompt", "completion"],
         "properties": {
          "prompt": {"type": "integer", "minimum": 0, "description": "Tokens read."},
          "completion": {"type": "integer", "minimum": 0, "description": "Tokens produced."}}}
        """#)

    static let errorCounts = Schema(
        "ErrorCounts",
        #"""
        {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0},
         "description": "For each kind of error that occurred, how often."}
        """#)

    static let distribution = Schema(
        "Distribution",
        #"""
        {"type": "object", "required": ["count"],
         "description": "Seconds or tokens per second; percentiles are true within 2 %.",
         "properties": {
          "count": {"type": "integer", "minimum": 0, "description": "How many values."},
          "mean": {"type": "number", "description": "Their mean."},
          "p50": {"type": "number", "description": "Half are no larger."},
          "p90": {"type": "number", "description": "Nine in ten are no larger."},
          "p99": {"type": "number", "description": "99 in a hundred are no larger."},
          "max": {"type": "number", "description": "The largest."}}}
        """#)
}
