import CrowdModelsProtocol

extension Config {
    /// The dotted names of the keys whose values differ, in the order of the documentation, such as
    /// `server.mode` or `llm_backends.lmstudio.timeout`.
    ///
    /// Backends count by name: one that came or went is `llm_backends.NAME`, and a new order
    /// of those that stayed is `llm_backends`. A secret that changed is named, never shown.
    package static func changes(from old: Config, to new: Config) -> [String] {
        // Compared with their secrets, which leave this function only as a key's name.
        let (a, b) = (old.tree(\.revealed), new.tree(\.revealed))
        guard case .object(let object) = b else { return [] }
        return object.members.flatMap { member -> [String] in
            let (key, value) = (member.name, member.value)
            if case .array(let backends) = value, key == "llm_backends" {
                guard case .array(let earlier)? = a[key] else { return [] }
                return changes(key, from: earlier, to: backends)
            }
            return a[key].map { changes(key, from: $0, to: value) } ?? [key]
        }
    }

    private static func changes(
        _ name: String, from old: JSONValue, to new: JSONValue
    ) -> [String] {
        guard case .object(let before) = old, case .object(let after) = new else {
            // By their letters: two spellings of one letter are two names to a server.
            return old.text.utf8.elementsEqual(new.text.utf8) ? [] : [name]
        }
        let gone = before.members.filter { after[$0.name] == nil }
            .map { "\(name).\(TOMLKey($0.name))" }
        return after.members.flatMap { member -> [String] in
            let inner = "\(name).\(TOMLKey(member.name))"
            return before[member.name].map { changes(inner, from: $0, to: member.value) }
                ?? [inner]
        } + gone
    }

    private static func changes(
        _ name: String, from old: [JSONValue], to new: [JSONValue]
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

    private static func backendName(_ backend: JSONValue) -> String {
        guard case .string(let name)? = backend["name"] else { return "" }
        return name
    }
}
