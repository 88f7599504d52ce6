extension Schema {
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
