extension Loading {
    mutating func readAliases(_ table: TOMLTable) {
        for entry in table.entries {
            guard let models = readModels(of: entry) else { continue }
            if models.isEmpty || models.contains("") || entry.key.text.isEmpty {
                problems.add(entry.position, "alias `\(entry.key)` needs a name and a model")
            }
            config.aliases.append(Config.Alias(name: entry.key.text, models: models))
        }
        for alias in config.aliases where !leadsToModels(alias.name) {
            problems.add(
                table[alias.name]?.position ?? TOMLPosition(line: 1, column: 1),
                "alias `\(TOMLKey(alias.name))` leads back to an alias and never to a model")
        }
    }

    /// One name, or a list of them; nil for what is neither, which is reported.
    private func readModels(of entry: TOMLTable.Entry) -> [String]? {
        switch entry.node.value {
        case .string(let model): return [model]
        case .array(let nodes):
            var models: [String] = []
            for (index, node) in nodes.enumerated() {
                guard case .string(let model) = node.value else {
                    problems.add(
                        node.position,
                        "alias `\(entry.key)` must be a string or an array of strings (models' "
                            + "names), but element \(index + 1) is \(node.value.typeName)")
                    return nil
                }
                models.append(model)
            }
            return models
        default:
            var hint = ""
            if case .table = entry.node.value { hint = "; a name with a dot stands in quotes" }
            problems.add(
                entry.node.position,
                "alias `\(entry.key)` must be a string (a model's name) or an array of them, not "
                    + entry.node.value.typeName + hint)
            return nil
        }
    }

    /// Whether every way that an alias goes ends at a model: no way goes through one twice.
    private func leadsToModels(_ name: String) -> Bool {
        var finished: Set<String> = []
        return leadsToModels(name, passed: [], &finished)
    }

    private func leadsToModels(
        _ name: String, passed: Set<String>, _ finished: inout Set<String>
    ) -> Bool {
        guard let alias = config.aliases.first(where: { $0.name == name }) else { return true }
        if finished.contains(name) { return true }
        // As deep as a configuration may nest: following recurses.
        if passed.contains(name) || passed.count >= Limits.configurationDepthMax { return false }
        for model in alias.models
        where !leadsToModels(model, passed: passed.union([name]), &finished) {
            return false
        }
        finished.insert(name)
        return true
    }
}
