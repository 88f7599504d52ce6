import Testing

/// Servers of one program or another, told by the answers that they give to a look.
extension ScriptedServer {
    /// A page that a server has, by its path; without a body it has none (404).
    typealias Page = (path: String, body: String?)

    /// A daemon that has looked at this server once, asked these pages in this order, and found so
    /// many chat models. `kind`: as configured.
    func daemon(
        looking pages: [Page], finds count: Int, kind: String = "auto", _ rest: String = ""
    ) throws -> DaemonProcess {
        let daemon = try DaemonProcess(config(kind: kind, rest))
        try answerLook(pages)
        try daemon.waitForLog(containing: "Discovered \(count) models")
        return daemon
    }

    /// Answers the questions of one look.
    func answerLook(_ pages: [Page]) throws {
        for page in pages {
            let connection = try accept()
            let head = try connection.readRequest()
            guard head.hasPrefix("GET \(page.path) ") else {
                throw ChildProcess.Failure(message: "\(page.path) was expected, not: \(head)")
            }
            connection.send(
                body: page.body ?? #"{"detail":"Not Found"}"#, isFound: page.body != nil)
        }
    }

    /// A list of OpenAI's form with one model.
    static func list(_ id: String, owner: String, more: String = "") -> String {
        #"{"object":"list","data":[{"id":"\#(id)","object":"model","owned_by":"\#(owner)"\#(more)}]}"#
    }

    /// The look at a llama.cpp server of one model.
    static let llamaCpp: [Page] = [
        ("/api/v0/models", nil),
        ("/v1/models", list("x.gguf", owner: "llamacpp", more: ",\"meta\":{}")),
        ("/props", #"{"default_generation_settings":{"n_ctx":4096},"total_slots":2}"#),
    ]

    /// The look at an Ollama of one model, loaded with a context of 8192 tokens.
    static let ollama: [Page] = [
        ("/api/v0/models", nil), ("/v1/models", list("m:latest", owner: "library")),
        ("/api/tags", #"{"models":[{"name":"m:latest","model":"m:latest","size":5}]}"#),
        ("/api/ps", #"{"models":[{"name":"m:latest","context_length":8192}]}"#),
    ]

    /// The look at a vLLM of one model, and how busy it is.
    static func vllm(running: Int = 0, waiting: Int = 0) -> [Page] {
        [
            ("/api/v0/models", nil),
            ("/v1/models", list("m", owner: "vllm", more: ",\"max_model_len\":8192")),
            (
                "/metrics",
                """
                # TYPE vllm:num_requests_running gauge
                vllm:num_requests_running{engine="0",model_name="m"} \(running).0
                vllm:num_requests_waiting{engine="0",model_name="m"} \(waiting).0
                vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.5

                """
            ),
        ]
    }
}

extension ScriptedConnection {
    /// A whole answer with this body.
    func send(body: String, isFound: Bool = true) {
        send(
            "HTTP/1.1 \(isFound ? "200 OK" : "404 Not Found")\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// A refusal with this status and body.
    func refuse(_ status: Int, _ body: String) {
        send(
            "HTTP/1.1 \(status) Refused\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// One event of a stream.
    func send(event: String) { send("data: \(event)\n\n") }
}
