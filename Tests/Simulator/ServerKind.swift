/// Which model server is played: its lists, what it says of itself, and how it refuses. What it
/// generates is LM Studio's, in OpenAI's form, whatever the kind.
enum ServerKind: String, CaseIterable, Sendable {
    case lmstudio, ollama
    case llamaCpp = "llama.cpp"
    case llamaSwap = "llama-swap"
    case vllm, sglang, localai, koboldcpp, jan, gpt4all
    case textGenerationWebUI = "text-generation-webui"
    case mlxLM = "mlx_lm"
    case dockerModelRunner = "docker-model-runner"
    case lemonade, litellm, openai

    /// What its list of models says of who owns them; nil where it says nothing.
    var owner: String? {
        switch self {
        case .lmstudio: "organization_owner"
        case .ollama: "library"
        case .llamaCpp: "llamacpp"
        case .llamaSwap, .vllm, .sglang, .koboldcpp, .lemonade: rawValue
        case .localai, .jan, .mlxLM: nil
        case .gpt4all: "humanity"
        case .textGenerationWebUI: "user"
        case .dockerModelRunner: "docker"
        case .litellm: "openai"
        case .openai: "me"
        }
    }

    /// Whether its list says when a model was made.
    var tellsDates: Bool { self != .localai && self != .jan }

    /// The program that its answers name as their server; nil for none.
    var program: String? {
        switch self {
        case .llamaCpp: "llama.cpp"
        case .vllm, .sglang, .litellm, .textGenerationWebUI, .openai: "uvicorn"
        case .mlxLM: "BaseHTTP/0.6 Python/3.12.3"
        case .koboldcpp: "KoboldCppServer"
        default: nil
        }
    }

    /// What can be asked without the key.
    func isOpen(_ path: String) -> Bool {
        switch self {
        case .lmstudio: path == "/lmstudio-greeting" || path == "/lms-status"
        case .llamaCpp: ["/health", "/v1/health", "/models", "/v1/models"].contains(path)
        case .vllm: !path.hasPrefix("/v1/")
        case .litellm: path == "/health/liveliness"
        default: false
        }
    }

    /// What is said to who has not the key.
    var refusal: Refusal {
        switch self {
        case .vllm, .sglang: .plain("Unauthorized", status: 401)
        case .textGenerationWebUI: Refusal(status: 401, body: ["detail": "Unauthorized"])
        case .llamaCpp:
            Refusal(
                status: 401,
                body: [
                    "error": [
                        "code": 401, "message": "Invalid API Key", "type": "authentication_error",
                    ]
                ])
        case .litellm:
            Refusal(
                status: 401,
                body: [
                    "error": [
                        "message": "Authentication Error, No api key passed in.",
                        "type": "auth_error", "param": "None", "code": "401",
                    ]
                ])
        case .jan: Refusal(status: 401, body: ["message": "Missing or invalid authorization"])
        default: .object("Incorrect API key provided.", status: 401, code: "invalid_api_key")
        }
    }
}
