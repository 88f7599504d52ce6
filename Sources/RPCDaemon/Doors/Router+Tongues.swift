/// The paths of the APIs whose tongues stand in folders of their own.
extension Router {
    /// Clients of Anthropic's say so in a field, since OpenAI's have a list of models at that path.
    static let anthropic = [
        Row("POST", "/messages") { AnthropicMessages() },
        Row("POST", "/messages/count_tokens") { AnthropicTokenCount() },
        Row("GET", "/models", field: "anthropic-version") { AnthropicModels() },
        Row("GET", "/models/", isOpen: true, field: "anthropic-version") { AnthropicModels() },
    ]

    static let responses = [Row("POST", "/responses") { Responses() }]

    static let ollama = [
        Row("GET", "/") { OllamaPresence() },
        Row("GET", "/api/version") { OllamaPresence() },
        Row("GET", "/api/tags") { OllamaModels(isLoaded: false) },
        Row("GET", "/api/ps") { OllamaModels(isLoaded: true) },
        Row("POST", "/api/show") { OllamaModel() },
        Row("POST", "/api/pull") { OllamaPull() },
        Row("POST", "/api/chat") { OllamaGeneration(isChat: true) },
        Row("POST", "/api/generate") { OllamaGeneration(isChat: false) },
        Row("POST", "/api/embed") { OllamaEmbedding(isOlder: false) },
        Row("POST", "/api/embeddings") { OllamaEmbedding(isOlder: true) },
    ]
}
