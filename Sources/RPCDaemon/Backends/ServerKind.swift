import Configuration

/// Which program a model server is, as far as its answers differ.
package enum ServerKind: String, CaseIterable, Equatable, Sendable {
    case lmstudio, ollama
    case llamaCpp = "llama.cpp"
    case llamaSwap = "llama-swap"
    case vllm, sglang, localai, koboldcpp, jan, gpt4all
    case textGenerationWebUI = "text-generation-webui"
    case mlxLM = "mlx_lm"
    case dockerModelRunner = "docker-model-runner"
    case lemonade, litellm
    /// Any other that speaks OpenAI's API.
    case openai
    /// Not found out yet.
    case unknown

    /// The program's own name, for log lines.
    package var productName: String {
        switch self {
        case .lmstudio: "LMStudio"
        case .ollama: "Ollama"
        case .llamaCpp: "llama.cpp"
        case .llamaSwap: "llama-swap"
        case .vllm: "vLLM"
        case .sglang: "SGLang"
        case .localai: "LocalAI"
        case .koboldcpp: "KoboldCpp"
        case .jan: "Jan"
        case .gpt4all: "GPT4All"
        case .textGenerationWebUI: "text-generation-webui"
        case .mlxLM: "mlx_lm"
        case .dockerModelRunner: "Docker Model Runner"
        case .lemonade: "Lemonade"
        case .litellm: "LiteLLM"
        case .openai, .unknown: "OpenAI"
        }
    }

    /// What it writes into `owned_by` of its models; nil where that tells nothing.
    var owner: String? {
        switch self {
        case .lmstudio: "organization_owner"
        case .ollama: "library"
        case .llamaCpp: "llamacpp"
        case .gpt4all: "humanity"
        case .textGenerationWebUI: "user"
        case .dockerModelRunner: "docker"
        case .llamaSwap, .vllm, .sglang, .koboldcpp, .lemonade: rawValue
        case .localai, .jan, .mlxLM, .litellm, .openai, .unknown: nil
        }
    }

    init(_ kind: BackendConfig.Kind) {
        switch kind {
        case .auto: self = .unknown
        case .lmstudio: self = .lmstudio
        case .ollama: self = .ollama
        case .llamaCpp: self = .llamaCpp
        case .vllm: self = .vllm
        case .openai: self = .openai
        }
    }
}
