extension Config {
    /// The dotted names of the keys whose values differ, in the order of the documentation, such as
    /// `server.mode` or `llm_backends.lmstudio.timeout`.
    ///
    /// Backends count by name: one that came or went is `llm_backends.NAME`, and a new order
    /// of those that stayed is `llm_backends`. A secret that changed is named, never shown.
    package static func changes(from old: Config, to new: Config) -> [String] {
        // Compared with their secrets, which leave this function only as a key's name.
        let (a, b) = (old.tree(\.revealed), new.tree(\.revealed))
        guard case .table(let members) = b else { return [] }
        return members.flatMap { key, value -> [String] in
            if case .array(let backends) = value, key == "llm_backends" {
                guard case .array(let earlier)? = a[key] else { return [] }
                return changes(key, from: earlier, to: backends)
            }
            return a[key].map { changes(key, from: $0, to: value) } ?? [key]
        }
    }

    private static func changes(
        _ name: String, from old: ConfigTree, to new: ConfigTree
    ) -> [String] {
        guard case .table(let before) = old, case .table(let after) = new else {
            return old == new ? [] : [name]
        }
        let gone = before.filter { new[$0.0] == nil }.map { "\(name).\(TOMLKey($0.0))" }
        return after.flatMap { key, value -> [String] in
            let inner = "\(name).\(TOMLKey(key))"
            return old[key].map { changes(inner, from: $0, to: value) } ?? [inner]
        } + gone
    }

    private static func changes(
        _ name: String, from old: [ConfigTree], to new: [ConfigTree]
    ) -> [String] {
        let before = old.map(backendName)
        let after = new.map(backendName)
        let stayed = before.filter(after.contains)
        let order = stayed == after.filter(before.contains) ? [] : [name]
        let changed = zip(after, new).flatMap { backend, tree -> [String] in
            let inner = "\(name).\(TOMLKey(backend))"
            guard let place = before.firstIndex(of: backend) else { return [inner] }
            return changes(inner, from: old[place], to: tree)
        }
        let gone = before.filter { !after.contains($0) }.map { "\(name).\(TOMLKey($0))" }
        return order + changed + gone
    }

    private static func backendName(_ backend: ConfigTree) -> String {
        guard case .string(let name)? = backend["name"] else { return "" }
        return name
    }
}
