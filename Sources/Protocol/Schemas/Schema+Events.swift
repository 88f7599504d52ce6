extension Schema {
    static let events = [
        subscribeResult, unsubscribeResult, event, modelChange, backendChange, requestChange,
        logLine, logLines,
    ]

    static let subscribeResult = Schema(
        "SubscribeResult",
        #"""
        {"type": "object", "description": "A new subscription.", "required": ["subscription"],
         "properties": {"subscription": {"type": "string",
          "description": "Names it in its events and for `unsubscribe`."}}}
        """#)

    static let unsubscribeResult = Schema(
        "UnsubscribeResult",
        #"""
        {"type": "object", "description": "Whether there was something to end.",
         "required": ["unsubscribed"], "properties": {"unsubscribed": {"type": "boolean",
          "description": "False where this connection has no such subscription."}}}
        """#)

    static let event = Schema(
        "Event",
        #"""
        {"type": "object", "description": "What a subscription has to tell.",
         "required": ["subscription", "seq", "topic", "data"], "properties": {
          "subscription": {"type": "string", "description": "What `subscribe` answered."},
          "seq": {"type": "integer", "minimum": 0,
            "description": "Counts the subscription's events from 0."},
          "topic": {"type": "string", "enum": ["models", "backends", "requests", "stats", "log"],
            "description": "What it is about."},
          "data": {"description": "First a `snapshot` of each topic, then each `change`.",
            "anyOf": [
            {"type": "object", "description": "How things stand: what the list method answers.",
             "required": ["snapshot"], "properties": {"snapshot": {"anyOf": [
              {"$ref": "#/components/schemas/ModelsResult"},
              {"$ref": "#/components/schemas/BackendsResult"},
              {"$ref": "#/components/schemas/RequestsResult"},
              {"$ref": "#/components/schemas/StatsResult"},
              {"$ref": "#/components/schemas/LogLines"}]}}},
            {"type": "object", "description": "What became of one of them.",
             "required": ["change"], "properties": {"change": {"anyOf": [
              {"$ref": "#/components/schemas/ModelChange"},
              {"$ref": "#/components/schemas/BackendChange"},
              {"$ref": "#/components/schemas/RequestChange"},
              {"$ref": "#/components/schemas/StatsResult"},
              {"$ref": "#/components/schemas/LogLine"}]}}},
            {"type": "object", "description": "The last event: the subscription is over.",
             "required": ["ended"], "properties": {"ended": {"type": "object",
              "description": "Why, when the client did not ask for it.", "required": ["reason"],
              "properties": {
              "reason": {"type": "string", "description": "What happened and what to do."},
              "limit": {"type": "string", "description": "The limit that was exceeded."}}}}}]}}}
        """#)

    static let modelChange = Schema(
        "ModelChange",
        #"""
        {"type": "object", "description": "A change of a model.", "required": ["kind", "model"],
         "properties": {
          "kind": {"type": "string", "enum": ["added", "changed", "removed"],
            "description": "What happened."},
          "model": {"$ref": "#/components/schemas/Model",
            "description": "The model now, or as it was when it went."}}}
        """#)

    static let backendChange = Schema(
        "BackendChange",
        #"""
        {"type": "object", "description": "A change of a backend.",
         "required": ["kind", "backend"], "properties": {
          "kind": {"type": "string", "enum": ["added", "changed", "removed"],
            "description": "What happened."},
          "backend": {"$ref": "#/components/schemas/Backend",
            "description": "The backend now, or as it was when it went."}}}
        """#)

    static let requestChange = Schema(
        "RequestChange",
        #"""
        {"type": "object", "description": "A change of a request.",
         "required": ["kind", "request"], "properties": {
          "kind": {"type": "string", "enum": ["added", "changed", "removed"],
            "description": "What happened; `removed`: it was answered."},
          "request": {"$ref": "#/components/schemas/Request",
            "description": "The request now, or as it was when it went."}}}
        """#)

    static let logLine = Schema(
        "LogLine",
        #"""
        {"type": "object", "description": "A line of the daemon's log.",
         "required": ["level", "message"], "properties": {
          "time": {"type": "number", "description": "Seconds since 1970, UTC."},
          "level": {"type": "string", "enum": ["error", "warning", "info", "debug"],
            "description": "How grave it is."},
          "message": {"type": "string", "description": "Never a prompt, a completion or a key."}}}
        """#)

    static let logLines = Schema(
        "LogLines",
        #"""
        {"type": "object", "description": "The last lines of the log.", "required": ["lines"],
         "properties": {"lines": {"type": "array", "description": "Oldest first.",
          "items": {"$ref": "#/components/schemas/LogLine"}}}}
        """#)
}
