import CrowdModelsProtocol
import HTTP

/// The two lists that LM Studio gives of its models.
enum LMStudioLists {
    /// `GET /api/v0/models`; nil for any other server's answer to that path.
    ///
    /// Lemonade serves a list there, too, but its entries have no `state`.
    static func models(_ body: Span<UInt8>) -> [Model]? {
        JSONPlace.read(body) { answer, text in
            guard !saysError(answer, text), let data = answer.member("data", text),
                data.isArray(text)
            else { return nil }
            var models = UniqueModels()
            var hasEntries = false
            var hasState = false
            data.forEachElement(text) { entry in
                hasEntries = true
                if let model = model(entry, text, &hasState) { models.add(model) }
            }
            return hasEntries && !hasState ? nil : models.all
        }
    }

    /// Whether the answer is an error, for all that it may hold beside.
    static func saysError(_ answer: JSONPlace, _ text: Span<UInt8>) -> Bool {
        answer.member("error", text).map { !$0.isNull(text) } ?? false
    }

    private static func model(
        _ entry: JSONPlace, _ text: Span<UInt8>, _ hasState: inout Bool
    ) -> Model? {
        var model = Model(id: "")
        var state: String?
        entry.forEachMember(text) { name, value in
            switch name.count {
            case 4 where name.reads("id"): model.id = value.name(text) ?? ""
            case 6 where name.reads("type"): model.purpose = purpose(value.name(text))
            case 7 where name.reads("state"): state = value.name(text) ?? ""
            case 11 where name.reads("publisher"): model.publisher = value.name(text)
            case 6 where name.reads("arch"): model.arch = value.name(text)
            case 14 where name.reads("quantization"): model.quantization = value.name(text)
            case 20 where name.reads("compatibility_type"): model.format = value.name(text)
            case 20 where name.reads("max_context_length"):
                model.maxContextLength = value.count(text)
            case 23 where name.reads("loaded_context_length"):
                model.loadedContextLength = value.count(text)
            case 14 where name.reads("capabilities"): model.capabilities = value.names(text)
            default: break
            }
        }
        if let state {
            hasState = true
            model.state = Model.State(rawValue: state) ?? .unknown
        }
        return model.id.isEmpty ? nil : model
    }

    private static func purpose(_ word: String?) -> Model.Purpose {
        switch word {
        case "llm": .llm
        case "vlm": .vlm
        case "embeddings", "embedding": .embeddings
        default: .unknown
        }
    }

    /// Adds what LM Studio 0.4's `GET /api/v1/models` tells beside: sizes, parameters, and how many
    /// requests a loaded instance runs at once. False where it is no such list.
    static func addDetails(_ body: Span<UInt8>, to models: inout [Model]) -> Bool {
        // By name: two lists of many thousands are not held against each other entry by entry.
        var places: [String: Int] = [:]
        for index in models.indices { places[models[index].id] = index }
        var all = models
        let isList = JSONPlace.read(body) { answer, text -> Bool? in
            guard let list = answer.member("models", text), list.isArray(text) else { return nil }
            list.forEachElement(text) { addEntry($0, text, places, to: &all) }
            return true
        }
        models = all
        return isList == true
    }

    private static func addEntry(
        _ entry: JSONPlace, _ text: Span<UInt8>, _ places: [String: Int], to models: inout [Model]
    ) {
        var key: String?
        var size: Int?
        var parameters: String?
        var instances: [(id: String, parallel: Int?)] = []
        entry.forEachMember(text) { name, value in
            switch name.count {
            case 5 where name.reads("key"): key = value.name(text)
            case 12 where name.reads("size_bytes"): size = value.count(text)
            case 15 where name.reads("params_string"): parameters = value.name(text)
            case 18 where name.reads("loaded_instances"):
                value.forEachElement(text) { instance in
                    guard let id = instance.member("id", text)?.name(text) else { return }
                    let parallel = instance.member("config", text)?.member("parallel", text)
                    instances.append((id, parallel?.count(text)))
                }
            default: break
            }
        }
        for id in Set(instances.map(\.id) + [key].compactMap(\.self)) {
            guard let index = places[id] else { continue }
            let instance = instances.first { $0.id == id } ?? instances.first
            models[index].sizeBytes = size
            models[index].parameters = parameters
            models[index].parallel = instance?.parallel
        }
    }
}

/// Models in the order in which they were listed, each id once; of too many, one more than may be.
struct UniqueModels {
    private(set) var all: [Model] = []
    private var ids: Set<String> = []

    /// Adds a model, unless one of its id is there.
    mutating func add(_ model: Model) {
        guard all.count <= HTTPLimits.listModelsMax else { return }
        if ids.insert(model.id).inserted { all.append(model) }
    }
}
