import CrowdModelsProtocol

/// Which of Ollama's models are loaded, and with how much context: `GET /api/ps`.
struct OllamaRunning: ListEntries {
    var member: StaticString { "models" }

    /// The context of each that runs, by its place among those that are listed.
    private var running: [Int: Int?] = [:]

    init() {}

    var byteCount: Int { 32 * running.capacity }

    mutating func isList(_ envelope: ListSurvey, _ text: Span<UInt8>) -> Bool {
        envelope.isObject && envelope.member("models", text) != nil
    }

    /// Adds what was read to the models.
    func add(to models: inout ModelTable) {
        for (place, context) in running {
            models.change(place) { model in
                model.state = .loaded
                model.loadedContextLength = context
            }
        }
    }

    mutating func read(_ entry: ListEntry, _ text: Span<UInt8>, among models: ModelTable) {
        var name: JSONPlace?
        var model: JSONPlace?
        var context: Int?
        entry.forEachMember(text) { member, value in
            switch member.count {
            case 6 where member.reads("name"): name = value
            case 7 where member.reads("model"): model = value
            case 16 where member.reads("context_length"): context = value.count(text)
            default: break
            }
        }
        guard let id = (name ?? model)?.name(text), let place = models.place(of: id) else { return }
        running.updateValue(context, forKey: place)
    }
}
