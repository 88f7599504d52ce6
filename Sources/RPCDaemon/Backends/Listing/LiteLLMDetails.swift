import Configuration
import CrowdModelsProtocol

/// What LiteLLM's `GET /v1/model/info` tells beside its list: what each model is for, its context,
/// and where what is behind the name runs. A name may stand for several deployments.
struct LiteLLMDetails: ListEntries {
    var member: StaticString { "data" }

    private struct Details {
        var purpose: Model.Purpose?
        var contextLength: Int?
        var isRemote = false
    }

    /// What is told of each, by its place among those that are listed.
    private var details: [Int: Details] = [:]

    init() {}

    var byteCount: Int { 64 * details.capacity }

    mutating func isList(_ envelope: ListSurvey, _ text: Span<UInt8>) -> Bool {
        envelope.isObject && envelope.hasList
    }

    /// Adds what was read to the models.
    func add(to models: inout ModelTable) {
        for (place, details) in details {
            models.change(place) { model in
                model.purpose = details.purpose ?? model.purpose
                model.maxContextLength = details.contextLength ?? model.maxContextLength
                model.isRemote = model.isRemote || details.isRemote
            }
        }
    }

    mutating func read(_ entry: ListEntry, _ text: Span<UInt8>, among models: ModelTable) {
        var name: String?
        var read = Details()
        entry.forEachMember(text) { member, value in
            switch member.count {
            case 12 where member.reads("model_name"): name = value.name(text)
            case 12 where member.reads("model_info"):
                read.purpose = Self.purpose(value.member("mode", text)?.name(text))
                read.contextLength = value.member("max_input_tokens", text)?.count(text)
            case 16 where member.reads("litellm_params"):
                read.isRemote = Self.isRemote(
                    value.member("api_base", text)?.name(text),
                    model: value.member("model", text)?.name(text))
            default: break
            }
        }
        guard let name, let place = models.place(of: name) else { return }
        var all = details[place] ?? Details()
        all.purpose = all.purpose ?? read.purpose
        // Nobody knows which of them a request will go to.
        all.contextLength = [all.contextLength, read.contextLength].compactMap(\.self).min()
        all.isRemote = all.isRemote || read.isRemote
        details[place] = all
    }

    /// What a `mode` means; nil where that is nothing that is done here.
    static func purpose(_ mode: String?) -> Model.Purpose? {
        switch mode {
        case "chat", "completion", "responses": .llm
        case "embedding": .embeddings
        default: nil
        }
    }

    /// Whether a deployment runs on another machine: by its address, or by its provider, which the
    /// model's name begins with.
    private static func isRemote(_ address: String?, model: String?) -> Bool {
        if let address {
            let endpoint = try? Endpoint(address)
            return endpoint.map { !$0.isLocal } ?? true
        }
        guard let model else { return false }
        return !ownProviders.contains { model.hasPrefix($0 + "/") }
    }

    /// Providers that are programs of this machine unless an address says otherwise.
    private static let ownProviders = [
        "ollama", "ollama_chat", "lm_studio", "llamafile", "docker_model_runner", "lemonade",
        "vllm", "oobabooga",
    ]
}
