/// One `[[llm_backends]]`: a model server and how it wants to be treated.
package struct BackendConfig: Equatable, Sendable {
    /// Which API it speaks; `auto` finds out by fingerprint.
    package enum Kind: String, CaseIterable, Sendable {
        case auto
        case lmstudio
        case ollama
        case llamaCpp = "llama.cpp"
        case vllm
        case openai
    }

    /// Unique among the backends.
    package var name: String
    package var endpoint: Endpoint
    package var kind = Kind.auto
    package var keySource = KeySource.automatic
    /// Empty: whatever the server has.
    package var supportedModels: [String] = []
    /// Requests that may start within any 60 seconds; nil is no limit.
    package var rateLimit: Int?
    /// Requests at once; 0 asks the server.
    package var maxConcurrent = 0
    /// Lower is tried first.
    package var priority = 0
    /// For a request in all.
    package var timeout: Seconds = 300
    package var connectTimeout: Seconds = 5
    /// The file of certificates that an `https` server is trusted by, instead of the system's;
    /// empty for these.
    package var caFile = ""

    package init(name: String, endpoint: Endpoint) {
        self.name = name
        self.endpoint = endpoint
    }
}
