/// One downloaded model, as the person who runs the simulator describes it.
struct Model: Sendable {
    var id: String
    var type = "llm"
    var state = "not-loaded"
    var arch = "llama"
    var quant = "Q4_K_M"
    var format = "gguf"
    var publisher = "lmstudio-community"
    /// The context in tokens that it is loaded with, and the one that it could have.
    var context = 4096
    var contextMax = 8192
    var capabilities: [String] = []
    var sizeBytes = 4_081_004_224
    var parameters = "7B"
    /// How many requests run at once; others wait.
    var parallel = 4
    /// Loaded by a request at start: the next load on request evicts it.
    var justInTime = false
    /// The field that thinking comes in: `reasoning_content`, or `reasoning` (gpt-oss).
    var reasoningField = "reasoning_content"

    struct Invalid: Error { let message: String }

    init(id: String) { self.id = id }

    var isEmbedding: Bool { type == "embeddings" || type == "embedding" }

    static let standard: [Model] = {
        var llama = Model(id: "llama-2-7b-chat")
        llama.state = "loaded"
        llama.publisher = "TheBloke"
        llama.contextMax = 4096
        var mistral = Model(id: "mistral-7b-instruct")
        mistral.arch = "mistral"
        mistral.publisher = "mistralai"
        mistral.contextMax = 32768
        mistral.capabilities = ["tool_use"]
        mistral.sizeBytes = 4_368_439_584
        var nomic = Model(id: "text-embedding-nomic-embed-text-v1.5")
        nomic.type = "embeddings"
        nomic.arch = "nomic-bert"
        nomic.publisher = "nomic-ai"
        nomic.context = 2048
        nomic.contextMax = 2048
        nomic.sizeBytes = 84_106_624
        nomic.parameters = "137M"
        return [llama, mistral, nomic]
    }()

    /// Reads `ID[,key=value…]`.
    init(parsing text: String) throws(Invalid) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        self.init(id: parts[0])
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else {
                throw Invalid(message: "model \(id): \"\(part)\" is not key=value")
            }
            try set(String(part[..<equals]), String(part[part.index(after: equals)...]))
        }
        if id.isEmpty { throw Invalid(message: "a model has no id") }
    }

    /// Reads an object of the same keys, or of those of `GET /api/v0/models`; or the text form.
    init(_ json: JSON) throws(Invalid) {
        if let text = json.text {
            self = try Model(parsing: text)
            return
        }
        guard let id = json["id"]?.text, !id.isEmpty else {
            throw Invalid(message: "a model is a string or an object with \"id\"")
        }
        self.init(id: id)
        for member in json.members ?? [] {
            switch member.value {
            case .string(let text), .number(let text): try set(member.name, text)
            case .bool(let flag): try set(member.name, flag ? "true" : "false")
            case .array(let items):
                try set(member.name, items.compactMap(\.text).joined(separator: "+"))
            case .null: break
            case .object: throw Invalid(message: "model \(id): \(member.name) is an object")
            }
        }
    }

    /// A list of models, bare or as `{"data":[…]}`.
    static func list(_ json: JSON) throws(Invalid) -> [Model] {
        guard let items = json.items ?? json["data"]?.items ?? json["models"]?.items else {
            throw Invalid(message: "models are a list, or an object with the list \"data\"")
        }
        var models: [Model] = []
        for item in items { models.append(try Model(item)) }
        return models
    }

    private mutating func set(_ key: String, _ value: String) throws(Invalid) {
        switch key {
        case "id", "object": break
        case "type": type = value
        case "state": state = value
        case "arch": arch = value
        case "quant", "quantization": quant = value
        case "format", "compatibility_type": format = value
        case "publisher": publisher = value
        case "ctx", "loaded_context_length": context = try count(key, value)
        case "max", "max_context_length": contextMax = try count(key, value)
        case "caps", "capabilities": capabilities = value.split(separator: "+").map(String.init)
        case "size", "size_bytes": sizeBytes = try count(key, value)
        case "params", "params_string": parameters = value
        case "parallel": parallel = max(1, try count(key, value))
        case "jit": justInTime = value == "true"
        case "reasoning": reasoningField = value
        default:
            throw Invalid(
                message: "model \(id): unknown key \"\(key)\" (type, state, arch, quant, format,"
                    + " publisher, ctx, max, caps, size, params, parallel, jit, reasoning)")
        }
    }

    private func count(_ key: String, _ value: String) throws(Invalid) -> Int {
        guard let count = Int(value), count >= 0 else {
            throw Invalid(message: "model \(id): \(key) is a whole number, not \"\(value)\"")
        }
        return count
    }
}
