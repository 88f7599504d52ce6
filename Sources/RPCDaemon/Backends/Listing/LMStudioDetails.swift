import CrowdModelsProtocol

/// What LM Studio 0.4's `GET /api/v1/models` tells beside: sizes, parameters, and how many requests
/// a loaded instance runs at once.
struct LMStudioDetails: ListEntries {
    var member: StaticString { "models" }

    private struct Details {
        var sizeBytes: Int?
        var parameters: String?
        var parallel: Int?
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
                model.sizeBytes = details.sizeBytes
                model.parameters = details.parameters
                model.parallel = details.parallel
            }
        }
    }

    mutating func read(_ entry: ListEntry, _ text: Span<UInt8>, among models: ModelTable) {
        var key: String?
        var details = Details()
        var instances: [(id: String, parallel: Int?)] = []
        entry.forEachMember(text) { name, value in
            switch name.count {
            case 5 where name.reads("key"): key = value.name(text)
            case 12 where name.reads("size_bytes"): details.sizeBytes = value.count(text)
            case 15 where name.reads("params_string"): details.parameters = value.name(text)
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
            guard let place = models.place(of: id) else { continue }
            let instance = instances.first { $0.id == id } ?? instances.first
            details.parallel = instance?.parallel
            self.details[place] = details
        }
    }
}
