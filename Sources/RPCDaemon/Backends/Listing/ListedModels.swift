import HTTP

/// The models that were read of a list so far; of too many, one more than may be.
struct ListedModels {
    private(set) var table = ModelTable()
    private(set) var byteCount = 0

    var isEmpty: Bool { table.isEmpty }

    /// Adds a model, unless one of its name is there.
    mutating func add(_ model: Model) {
        guard table.count <= HTTPLimits.listModelsMax else { return }
        let before = table.count
        table.add(model)
        if table.count > before { byteCount += Self.modelBytes + model.id.utf8.count }
    }

    /// Bytes of a model while its list is read: the model, and twice the room for it.
    private static let modelBytes = 512
}
