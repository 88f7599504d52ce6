/// What servers other than LM Studio answer to what does not generate.
struct KindRoutes {
    let exchange: Exchange
    let kind: ServerKind

    private var lists: KindLists {
        KindLists(kind: kind, entries: exchange.simulation.catalogue.entries)
    }

    func answer(_ path: String) throws(Exchange.Ending) {
        let method = exchange.request.method == "HEAD" ? "GET" : exchange.request.method
        guard method == "GET" else { return try missing() }
        if isList(path) { return try exchange.reply(lists.openAI) }
        switch (kind, path) {
        case (.ollama, "/"): try text("Ollama is running")
        case (.ollama, "/api/version"): try exchange.reply(["version": "0.12.3"])
        case (.ollama, "/api/tags"): try exchange.reply(lists.tags)
        case (.ollama, "/api/ps"): try exchange.reply(lists.running)
        case (.ollama, "/api/status"):
            try exchange.reply(["cloud": ["disabled": false, "source": "none"]])
        case (.llamaCpp, "/props"): try exchange.reply(lists.props)
        case (.llamaCpp, "/health"), (.sglang, "/health"): try exchange.reply(["status": "ok"])
        case (.llamaSwap, "/running"): try exchange.reply(lists.swapped)
        case (.llamaSwap, "/health"): try text("OK")
        case (.vllm, "/version"): try exchange.reply(["version": "0.11.0"])
        case (.vllm, "/health"): try text("")
        case (.vllm, "/metrics"):
            try text("vllm:num_requests_running 0.0\nvllm:num_requests_waiting 0.0\n")
        case (.sglang, "/get_server_info"): try exchange.reply(["version": "0.5.3"])
        case (.localai, "/.well-known/localai.json"):
            try exchange.reply(["version": "v3.5.0", "endpoints": ["models": "/v1/models"]])
        case (.localai, "/readyz"): try text("")
        case (.localai, "/version"): try exchange.reply(["version": "v3.5.0"])
        case (.koboldcpp, "/api/extra/version"):
            try exchange.reply(["result": "KoboldCpp", "version": "1.76", "protected": false])
        case (.koboldcpp, "/api/extra/perf"): try exchange.reply(["queue": 0, "idle": 1])
        case (.textGenerationWebUI, "/v1/internal/health"): try exchange.reply(["status": "ok"])
        case (.mlxLM, "/health"): try body("{\"status\": \"ok\"}", Exchange.jsonType)
        case (.dockerModelRunner, "/"): try text("Docker Model Runner is running")
        case (.lemonade, "/live"): try exchange.reply(["status": "ok"])
        case (.lemonade, "/v1/health"):
            try exchange.reply([
                "status": "ok", "version": "8.1.0", "model_loaded": .null,
                "all_models_loaded": .array([]),
            ])
        case (.litellm, "/health/liveliness"): try body("\"I'm alive!\"", Exchange.jsonType)
        default: try missing()
        }
    }

    private func isList(_ path: String) -> Bool {
        switch kind {
        case .dockerModelRunner: path == "/v1/models" || path == "/engines/v1/models"
        case .lemonade: ["/v1/models", "/api/v1/models", "/api/v0/models"].contains(path)
        case .llamaCpp, .litellm: path == "/v1/models" || path == "/models"
        default: path == "/v1/models"
        }
    }

    /// What each says to a path that it does not know.
    private func missing() throws(Exchange.Ending) {
        switch kind {
        case .ollama, .llamaSwap: try text("404 page not found", status: 404)
        case .mlxLM: try body("Not Found", Exchange.jsonType, status: 404)
        case .llamaCpp:
            try exchange.reply(
                Refusal(
                    status: 404,
                    body: [
                        "error": [
                            "code": 404, "message": "File Not Found", "type": "not_found_error",
                        ]
                    ]))
        default: try exchange.reply(Refusal(status: 404, body: ["detail": "Not Found"]))
        }
    }

    private func text(_ text: String, status: Int = 200) throws(Exchange.Ending) {
        try body(text, "text/plain; charset=utf-8", status: status)
    }

    private func body(_ text: String, _ type: String, status: Int = 200) throws(Exchange.Ending) {
        try exchange.reply(Array(text.utf8), type: type, status: status)
    }
}
