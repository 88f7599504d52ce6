/// Which program a model server is, as far as its answers differ.
package enum ServerKind: String, Equatable, Sendable {
    case lmstudio, ollama, vllm, openai
    case llamaCpp = "llama.cpp"
    /// Not found out yet.
    case unknown

    /// The program's own name, for log lines.
    package var productName: String {
        switch self {
        case .lmstudio: "LMStudio"
        case .ollama: "Ollama"
        case .vllm: "vLLM"
        case .llamaCpp: "llama.cpp"
        case .openai, .unknown: "OpenAI"
        }
    }

    /// Whether a request for a model that is not loaded makes the server load it, and throw out
    /// another together with what that one is generating.
    package var evictsModels: Bool { self == .lmstudio }
}
