extension Schema {
    static let requests = [request, requestsResult, routeExplanation, routeCandidate]

    static let request = Schema(
        "Request",
        #"""
        {"type": "object", "description": "A request that is queued or running.",
         "required": ["key", "client", "method", "phase", "age_seconds"], "properties": {
          "key": {"type": "string", "description": "Names it for `requests.cancel`."},
          "client": {"type": "string",
            "description": "Whose it is: `uid:1000` and its tag, else its program's name."},
          "method": {"type": "string", "description": "The method that was called."},
          "model": {"type": "string", "description": "The model it is for."},
          "backend": {"type": "string", "description": "The backend it waits for or runs on."},
          "phase": {"type": "string",
            "enum": ["queued", "connecting", "loading", "prompt", "generating"],
            "description": "What it waits for, or does."},
          "position": {"type": "integer", "minimum": 1,
            "description": "Its place in the backend's queue, from 1."},
          "age_seconds": {"type": "number", "minimum": 0, "description": "Seconds since arrival."},
          "tokens": {"type": "integer", "minimum": 0, "description": "Tokens produced so far."},
          "tokens_per_second": {"type": "number", "minimum": 0, "description": "How fast."}}}
        """#)

    static let requestsResult = Schema(
        "RequestsResult",
        #"""
        {"type": "object", "description": "Requests.", "required": ["requests"], "properties": {
          "requests": {"type": "array", "items": {"$ref": "#/components/schemas/Request"},
            "description": "Queued and running requests, oldest first."}}}
        """#)

    static let routeExplanation = Schema(
        "RouteExplanation",
        #"""
        {"type": "object", "description": "Where a request would go.", "required": ["candidates"],
         "properties": {
          "candidates": {"type": "array", "items": {"$ref": "#/components/schemas/RouteCandidate"},
            "description": "The best first, then those that something forbids."}}}
        """#)

    static let routeCandidate = Schema(
        "RouteCandidate",
        #"""
        {"type": "object", "description": "One model on one backend.",
         "required": ["backend", "model", "forbidden", "score", "predicted_wait_ms"],
         "properties": {
          "backend": {"type": "string", "description": "The backend."},
          "model": {"type": "string", "description": "The model, as that backend lists it."},
          "forbidden": {"type": "array", "description": "Why it is not taken; empty where it may be.",
            "items": {"type": "object", "required": ["by", "message"], "properties": {
             "by": {"type": "string", "enum": ["state", "breaker", "rate_limit", "context",
              "capability", "backend"], "description": "What forbids it, for programs."},
             "message": {"type": "string", "description": "What forbids it, for people."}}}},
          "score": {"type": "object", "additionalProperties": {"type": "number"},
            "description": "What decides the order, the first part first; the higher wins."},
          "predicted_wait_ms": {"type": "integer", "minimum": 0,
            "description": "Milliseconds until it is predicted to start there."}}}
        """#)
}
