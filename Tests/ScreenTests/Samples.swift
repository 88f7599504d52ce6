import CrowdModelsProtocol

/// What a daemon could answer, with names of all lengths.
enum Samples {
    static func models() throws -> [ModelDescription] {
        try read(
            """
            {"models": [
             {"id": "qwen3-coder-30b-a3b-instruct", "backend": "lmstudio", "type": "llm",
              "state": "loaded", "publisher": "qwen", "arch": "qwen3moe", "quantization": "Q4_K_M",
              "format": "gguf", "max_context_length": 262144, "loaded_context_length": 32768,
              "size_bytes": 18556688736, "parameters": "30B", "parallel": 1,
              "capabilities": ["tool_use"], "aliases": ["coder", "best"]},
             {"id": "日本語モデル-7b-instruct", "backend": "lmstudio", "type": "llm",
              "state": "not-loaded", "arch": "llama", "quantization": "Q8_0",
              "max_context_length": 8192},
             {"id": "qwen2-vl-7b", "backend": "llama", "type": "vlm", "state": "loading"},
             {"id": "text-embedding-nomic-embed-text-v1.5-with-a-very-long-name-indeed@q8_0",
              "backend": "lmstudio", "type": "embeddings", "state": "not-loaded",
              "size_bytes": 146146432, "max_context_length": 2048}]}
            """, as: ModelsResult.self
        ).models
    }

    static func backends() throws -> [BackendDescription] {
        try read(
            """
            {"backends": [
             {"name": "lmstudio", "kind": "lmstudio", "endpoint": "http://localhost:1234/api/v0",
              "state": "up", "origin": "configured", "models": 12, "in_flight": 1, "queued": 3,
              "breaker": "closed"},
             {"name": "ollama", "kind": "ollama", "endpoint": "http://127.0.0.1:11434/v1",
              "state": "down", "origin": "discovered", "models": 0, "in_flight": 0, "queued": 0,
              "last_error": "Connection refused", "breaker": "closed"},
             {"name": "gpu-box", "kind": "vllm",
              "endpoint": "https://gpu-box.internal.example.org:8443/v1", "state": "up",
              "origin": "configured", "models": 1, "in_flight": 0, "queued": 0,
              "breaker": "half_open", "last_error": "HTTP 503: the engine is restarting"},
             {"name": "cloud", "kind": "openai", "endpoint": "https://llm.example.org/v1",
              "state": "up", "origin": "configured", "models": 40, "in_flight": 1, "queued": 2,
              "breaker": "closed", "paused_by": "server", "retry_after_ms": 12400}]}
            """, as: BackendsResult.self
        ).backends
    }

    static func route() throws -> JSONValue {
        try JSONValue(
            parsing: """
                {"candidates": [
                 {"backend": "lmstudio", "model": "qwen3-coder-30b-a3b-instruct", "forbidden": [],
                  "score": {"wanted": 0, "loaded": 1, "session": 0, "priority": 0, "failures": 0,
                   "first_token_ms": -3.48, "crowd": -0.25}, "predicted_wait_ms": 0},
                 {"backend": "ollama", "model": "llama3.2:latest", "forbidden": [{"by": "breaker",
                   "message": "it failed too often; the next try is in 2 s"}],
                  "score": {"wanted": -1, "loaded": 0, "session": 1, "priority": -10,
                   "failures": -3, "first_token_ms": -12500, "crowd": -2},
                  "predicted_wait_ms": 8000}]}
                """)
    }

    static func requests() throws -> [RequestDescription] {
        try read(
            """
            {"requests": [
             {"key": "1041", "client": "uid:1000 nightly-review", "method": "complete",
              "model": "qwen3-coder-30b-a3b-instruct", "backend": "lmstudio",
              "phase": "generating", "age_seconds": 12.4, "tokens": 311,
              "tokens_per_second": 31.2},
             {"key": "1042", "client": "uid:1000 crowd-models", "method": "complete",
              "model": "qwen3-coder-30b-a3b-instruct", "backend": "lmstudio", "phase": "queued",
              "position": 1, "age_seconds": 3.05}]}
            """, as: RequestsResult.self
        ).requests
    }

    static func stats() throws -> StatsResult {
        let spread =
            #"{"count": 212, "mean": 0.31, "p50": 0.244, "p90": 0.81, "p99": 2.4, "max": 3}"#
        let speed = #"{"count": 212, "mean": 30.4, "p50": 31, "p90": 44, "p99": 48, "max": 51.2}"#
        func figures(_ total: Int) -> String {
            """
            "requests": {"total": \(total), "succeeded": \(total - 3), "failed": 2, "cancelled": 1,
             "rejected": 0}, "tokens": {"prompt": 81233, "completion": 46110},
            "tokens_per_second": \(speed), "time_to_first_token": \(spread),
            "inter_token_latency": \(spread), "latency": \(spread), "queue_time": \(spread),
            "overhead": \(spread), "errors": {"backend_error": 2}
            """
        }
        return try read(
            """
            {"window": "5m", "uptime_seconds": 86523, "in_flight": 1, "queued": 3, \(figures(215)),
             "backends": {"lmstudio": {\(figures(200))}, "gpu-box": {\(figures(15))}},
             "models": {"qwen3-coder-30b-a3b-instruct": {\(figures(200))}},
             "clients": {"uid:1000 nightly": {\(figures(215))}},
             "process": {"resident_bytes": 6920601, "open_files": 1,
              "event_loop_delay": \(spread)}}
            """, as: StatsResult.self)
    }

    static func status() throws -> StatusResult {
        var status = StatusResult(
            name: "crowd-models-executor", version: "0.1.0", pid: 2786,
            socket: "/run/user/1000/crowd-models/executor.sock")
        status.uptimeSeconds = 86_523
        status.config = "/home/ada/.config/crowd-models/config.toml"
        (status.inFlight, status.queued, status.connections) = (1, 3, 2)
        status.backends = ["up": 2, "down": 1]
        status.limits = [
            ("line_bytes_max", 8_388_608), ("connections_per_uid_max", 1024),
            ("in_flight_per_connection_max", 64), ("write_stall", 10),
        ]
        return status
    }

    private static func read<Shape: JSONReadable>(_ text: String, as: Shape.Type) throws -> Shape {
        try Shape(json: try JSONValue(parsing: text))
    }
}
