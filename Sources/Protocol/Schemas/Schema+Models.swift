extension Schema {
    static let models = [model, modelsResult, refreshResult, backend, backendsResult]

    static let model = Schema(
        "Model",
        #"""
        {"type": "object", "description": "A model of a backend. What is not known is left out.",
         "required": ["id", "backend", "type", "state"], "properties": {
          "id": {"type": "string", "description": "Its name, as requests use it."},
          "backend": {"type": "string", "description": "The backend that has it."},
          "type": {"type": "string", "enum": ["llm", "vlm", "embeddings", "unknown"],
            "description": "Text, text and images, or embeddings."},
          "state": {"type": "string", "enum": ["loaded", "loading", "not-loaded", "unknown"],
            "description": "Whether it is in memory; most backends load it when asked."},
          "publisher": {"type": "string", "description": "Who published it."},
          "arch": {"type": "string", "description": "Architecture, such as `llama`."},
          "quantization": {"type": "string", "description": "Such as `Q4_K_M`."},
          "format": {"type": "string", "description": "File format, such as `gguf`."},
          "max_context_length": {"type": "integer", "minimum": 0,
            "description": "The most tokens of context it can have."},
          "loaded_context_length": {"type": "integer", "minimum": 0,
            "description": "Tokens of context it is loaded with."},
          "capabilities": {"type": "array", "items": {"type": "string"},
            "description": "Such as `tool_use`."},
          "size_bytes": {"type": "integer", "minimum": 0, "description": "Its size in bytes."},
          "parameters": {"type": "string", "description": "How many parameters, such as `7B`."},
          "parallel": {"type": "integer", "minimum": 1,
            "description": "How many requests the backend runs on it at once."},
          "remote": {"type": "boolean",
            "description": "True where its server says that it runs elsewhere."},
          "aliases": {"type": "array", "items": {"type": "string"},
            "description": "Other names that the configuration gives it."}}}
        """#)

    static let modelsResult = Schema(
        "ModelsResult",
        #"""
        {"type": "object", "description": "Models.", "required": ["models"], "properties": {
          "models": {"type": "array", "items": {"$ref": "#/components/schemas/Model"},
            "description": "The models."}}}
        """#)

    static let refreshResult = Schema(
        "RefreshResult",
        #"""
        {"type": "object", "description": "Models, and the backends that could not be asked.",
         "required": ["models", "errors"], "properties": {
          "models": {"type": "array", "items": {"$ref": "#/components/schemas/Model"},
            "description": "The models of the backends that were asked."},
          "errors": {"type": "array", "description": "One for each backend that did not answer.",
            "items": {"type": "object", "description": "What went wrong.",
            "required": ["backend", "kind", "message"], "properties": {
            "backend": {"type": "string", "description": "The backend's name."},
            "kind": {"type": "string", "description": "The kind of an error, see Errors."},
            "message": {"type": "string", "description": "What happened and what to do."}}}}}}
        """#)

    static let backend = Schema(
        "Backend",
        #"""
        {"type": "object", "description": "A model server.",
         "required": ["name", "kind", "endpoint", "state", "origin", "models", "in_flight",
          "queued"],
         "properties": {
          "name": {"type": "string", "description": "Its name in the configuration."},
          "kind": {"type": "string",
            "description": "`lmstudio`, `ollama`, `llama.cpp`, `vllm`, `openai` or another."},
          "endpoint": {"type": "string", "description": "Its address."},
          "state": {"type": "string",
            "enum": ["up", "down", "auth_failed", "rate_limited", "probing"],
            "description": "`probing`: not known yet."},
          "origin": {"type": "string", "enum": ["configured", "discovered"],
            "description": "Whether the configuration names it or the daemon found it."},
          "models": {"type": "integer", "minimum": 0, "description": "How many models it has."},
          "in_flight": {"type": "integer", "minimum": 0, "description": "Requests it is serving."},
          "queued": {"type": "integer", "minimum": 0, "description": "Requests waiting for it."},
          "rate_limit": {"type": "integer", "minimum": 1,
            "description": "The most requests in any 60 seconds."},
          "breaker": {"type": "string", "enum": ["closed", "open", "half_open"],
            "description": "`open`: it failed so often that it is left alone for a while."},
          "last_error": {"type": "string", "description": "What last went wrong with it."},
          "last_seen_seconds": {"type": "number", "minimum": 0,
            "description": "Seconds since it last answered."}}}
        """#)

    static let backendsResult = Schema(
        "BackendsResult",
        #"""
        {"type": "object", "description": "Backends.", "required": ["backends"], "properties": {
          "backends": {"type": "array", "items": {"$ref": "#/components/schemas/Backend"},
            "description": "The backends, first those of the configuration."}}}
        """#)
}
