/// Sends a request to what answers it; faults that need no answer are played first.
struct Router {
    let exchange: Exchange

    static func generates(_ path: String) -> Bool {
        generating.contains(path)
    }

    private static let generating: Set<String> = [
        "/api/v0/chat/completions", "/v1/chat/completions", "/api/v0/completions",
        "/v1/completions", "/api/v0/embeddings", "/v1/embeddings", "/api/v1/chat",
    ]

    func answer(_ path: String) throws(Exchange.Ending) {
        try playFaults(path)
        if let play = exchange.simulation.options.play { return try exchange.perform(play) }
        if let refusal = Authorization.check(exchange, path) {
            return try exchange.reply(refusal)
        }
        if Router.generates(path) && exchange.request.method == "POST" {
            try playGenerationFaults()
            return try generate(path)
        }
        let method = exchange.request.method == "HEAD" ? "GET" : exchange.request.method
        let lists = ModelLists(exchange: exchange)
        switch (method, path) {
        case ("GET", "/lmstudio-greeting"): try exchange.reply(["lmstudio": true])
        case ("GET", "/lms-status"):
            try exchange.reply(["package": "lmstudio", "version": "0.4.8"])
        case ("GET", "/api/v0/models"): try lists.v0()
        case ("GET", "/api/v1/models"): try lists.v1()
        case ("GET", "/v1/models"): try lists.openAI()
        case ("GET", _) where path.hasPrefix("/api/v0/models/"):
            try lists.v0(String(path.dropFirst("/api/v0/models/".count)))
        case ("POST", "/api/v1/models/load"): try lists.load(body())
        case ("POST", "/api/v1/models/unload"): try lists.unload(body())
        default:
            try exchange.reply(.unexpected(exchange.request.method, exchange.request.target))
        }
    }

    private func playFaults(_ path: String) throws(Exchange.Ending) {
        for fault in exchange.faults {
            switch fault.name {
            case "refuse":
                exchange.simulation.gate.close(for: fault.time(or: 1), sparing: nil)
                throw .close
            case "stale-keepalive": throw .close
            case "hang":
                if fault.argument == nil { try exchange.waitForEver() }
                try exchange.pause(fault.time(or: 0))
            case "slow": try exchange.pause(fault.time(or: 1))
            default:
                if let status = fault.status { return try fail(status, fault) }
            }
        }
    }

    /// Ends the answer with `status`; `=S` is the Retry-After of 429 and 503.
    private func fail(_ status: Int, _ fault: Fault) throws(Exchange.Ending) {
        var extra: [(String, String)] = []
        if status == 429 || fault.argument != nil {
            extra.append(("Retry-After", "\(fault.number(or: 1))"))
        }
        let message = Exchange.reasons[status] ?? "Error"
        let refusal =
            status == 404 || status == 500 || status == 503
            ? Refusal.plain(message, status: status)
            : Refusal.object(message, status: status, type: "server_error")
        try exchange.reply(refusal, extra: extra)
        throw .finished
    }

    private func playGenerationFaults() throws(Exchange.Ending) {
        for fault in exchange.faults {
            let refusal: Refusal
            switch fault.name {
            case "http200-error":
                refusal = .unexpected(exchange.request.method, exchange.request.target)
            case "no-models" where fault.argument == "string":
                refusal = .plain(Refusal.nothingLoadedText)
            case "no-models" where fault.argument == "404":
                let text =
                    "No models loaded. Please load a model in the developer page or use the"
                    + " `lms load` command"
                refusal = .plain(text, status: 404)
            case "no-models": refusal = .nothingLoaded
            default: continue
            }
            try exchange.reply(refusal)
            throw .finished
        }
    }

    private func body() throws(Exchange.Ending) -> JSON {
        let refusal: Refusal
        do throws(JSONReader.Malformed) {
            let json = try JSONReader.read(exchange.request.body)
            if case .object = json { return json }
            refusal = .plain("The request's body must be a JSON object")
        } catch {
            refusal = .plain(
                "Unexpected token in JSON at position \(error.position): \(error.reason)")
        }
        try exchange.reply(refusal)
        throw .finished
    }

    private func generate(_ path: String) throws(Exchange.Ending) {
        let json = try body()
        let isV0 = path.hasPrefix("/api/v0/")
        if path == "/api/v1/chat" {
            let prompt = try accepted { () throws(Refusal) in try Prompt(native: json) }
            try NativeAnswer(exchange: exchange, prompt: prompt).run()
        } else if path.hasSuffix("/chat/completions") {
            let prompt = try accepted { () throws(Refusal) in try Prompt(chat: json) }
            try ChatAnswer(exchange: exchange, prompt: prompt, isV0: isV0).run()
        } else if path.hasSuffix("/completions") {
            let prompt = try accepted { () throws(Refusal) in try Prompt(completion: json) }
            try TextAnswer(exchange: exchange, prompt: prompt, isV0: isV0).run()
        } else {
            try EmbeddingAnswer(exchange: exchange, json: json).run()
        }
    }

    private func accepted(
        _ read: () throws(Refusal) -> Prompt
    ) throws(Exchange.Ending) -> Prompt {
        do throws(Refusal) {
            return try read()
        } catch {
            try exchange.reply(error)
            throw .finished
        }
    }
}
