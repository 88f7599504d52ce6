extension Schema {
    static let errors = [errorObject]

    /// The `error` member of an answer.
    public static let errorObject = Schema(
        "Error",
        #"""
        {"type": "object", "description": "The `error` member of an answer.",
         "required": ["code", "message", "data"], "properties": {
          "code": {"type": "integer", "description": "What went wrong, as a number."},
          "message": {"type": "string",
            "description": "What happened, to which backend, and what to do about it."},
          "data": {"type": "object", "description": "More of it; other members by kind.",
            "required": ["kind", "retryable"], "properties": {
            "kind": {"type": "string", "description": "What went wrong, as a name."},
            "retryable": {"type": "boolean",
              "description": "Whether the same request may succeed later."},
            "backend_message": {"type": "string", "description": "What the backend said."}}}}}
        """#)
}
