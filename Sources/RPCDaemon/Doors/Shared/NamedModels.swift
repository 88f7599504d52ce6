import CrowdModelsProtocol

/// The models of `models.list`, each under each of its names and every name once, some of them at a
/// time: they may be many thousands.
struct NamedModels {
    private enum Stage {
        /// Left when the first one is asked for.
        case fresh
        case listing(Elements)
    }

    private var stage = Stage.fresh
    private var seen: Set<String> = []
    /// How an API writes a name.
    private let naming: @Sendable (String) -> String

    init(naming: @escaping @Sendable (String) -> String = { $0 }) {
        self.naming = naming
    }

    /// Hands out some more of the models in the result, and where they stand; false where that was
    /// not the end.
    mutating func resume(
        _ result: Span<UInt8>,
        _ take: (_ model: ObjectView, _ at: JSONRange, _ name: String) -> Void
    ) -> Bool {
        var models: Elements
        switch stage {
        case .fresh: models = Elements(of: ObjectView(result).value("models"), in: result)
        case .listing(let rest): models = rest
        }
        var slice = Slice()
        while !slice.isSpent {
            guard let element = models.next(in: result) else { return true }
            slice.spend(element)
            let model = ObjectView(result, at: element)
            for name in [model.string("id") ?? ""] + Self.aliases(model) {
                let name = naming(name)
                if seen.insert(name).inserted { take(model, element, name) }
            }
        }
        stage = .listing(models)
        return false
    }

    private static func aliases(_ model: ObjectView) -> [String] {
        var names: [String] = []
        var aliases = ArrayView(model.text, at: model.value("aliases"))
        while let name = aliases.next() {
            names.append(JSONText.string(model.text.extracting(name.bounds)))
        }
        return names
    }
}
