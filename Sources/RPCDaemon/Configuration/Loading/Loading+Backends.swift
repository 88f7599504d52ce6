extension Loading {
    mutating func readBackends(_ entry: TOMLTable.Entry?) {
        guard let entry else { return }
        guard case .array(let nodes) = entry.node.value else {
            problems.add(
                entry.position,
                "`llm_backends` must be an array of tables, not \(entry.node.value.typeName); "
                    + "write [[llm_backends]]")
            return
        }
        var names: [String: TOMLPosition] = [:]
        for (index, node) in nodes.enumerated() {
            guard case .table(let table) = node.value else {
                problems.add(
                    node.position,
                    "`llm_backends` must be an array of tables, but element \(index + 1) is "
                        + node.value.typeName)
                continue
            }
            readBackend(table, at: node.position, &names)
        }
    }

    private mutating func readBackend(
        _ table: TOMLTable, at place: TOMLPosition, _ names: inout [String: TOMLPosition]
    ) {
        let reader = reader(table, 3)
        let name = readName(reader, at: place, &names)
        let endpoint = readEndpoint(reader, at: place, named: name)
        guard let fallback = Config.builtIn.backends.first else { return }
        // What follows is read even without name or endpoint, for the sake of its problems.
        var backend = BackendConfig(
            name: name ?? fallback.name, endpoint: endpoint ?? fallback.endpoint)
        reader.choice("kind", into: &backend.kind)
        backend.keySource = readKeySource(reader)
        reader.strings(
            "supported_models", "model names",
            check: { $0.isEmpty ? "is empty; name a model" : nil },
            into: &backend.supportedModels)
        backend.rateLimit = reader.integer(
            "rate_limit", "requests per minute", 1...1_000_000,
            hint: "; leave the key out for no limit")
        if let count = reader.integer("max_concurrent", "requests; 0 asks the server", 0...10_000) {
            backend.maxConcurrent = count
        }
        let priorities = -1_000_000...1_000_000
        if let priority = reader.integer("priority", "lower is tried first", priorities) {
            backend.priority = priority
        }
        reader.seconds("timeout", 0.001...86_400, into: &backend.timeout)
        reader.seconds("connect_timeout", 0.001...3600, into: &backend.connectTimeout)
        let caFile = reader.string("ca_file", "a path") {
            $0.isEmpty || ($0.hasPrefix("/") && !$0.utf8.contains(0))
                ? nil : "must be an absolute path"
        }
        if let caFile { backend.caFile = caFile }
        guard let name, endpoint != nil else { return }
        let dotted = "llm_backends.\(TOMLKey(name))"
        remember(table, dotted + ".")
        config.origins.positions[dotted] = place
        config.backends.append(backend)
    }

    private func readName(
        _ reader: TableReader, at place: TOMLPosition, _ names: inout [String: TOMLPosition]
    ) -> String? {
        guard let entry = reader.table["name"] else {
            problems.add(place, "`name` is missing in [[llm_backends]]; give each backend one")
            return nil
        }
        let name = reader.string("name", "a name of your choice") { name in
            if name.isEmpty { return "is empty; give each backend a name" }
            if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                return "has a control character"
            }
            guard name.utf8.count > Limits.nameBytesMax else { return nil }
            return "has \(name.utf8.count) bytes; allowed are \(Limits.nameBytesMax) "
                + "(name_bytes_max)"
        }
        guard let name else { return nil }
        if let first = names[name] {
            problems.add(
                entry.node.position,
                "`name` \(TOMLKey.quoted(name)) is taken by the backend at line \(first.line); "
                    + "each backend needs its own")
            return nil
        }
        names[name] = entry.node.position
        return name
    }

    private func readEndpoint(
        _ reader: TableReader, at place: TOMLPosition, named name: String?
    ) -> Endpoint? {
        guard reader.table["endpoint"] != nil else {
            let whose = name.map { " in backend \(TOMLKey.quoted($0))" } ?? " in [[llm_backends]]"
            problems.add(
                place, "`endpoint` is missing\(whose); for LM Studio it is http://localhost:1234")
            return nil
        }
        var endpoint: Endpoint?
        _ = reader.string("endpoint", "a URL, such as http://localhost:1234") { text in
            do throws(EndpointProblem) {
                endpoint = try Endpoint(text)
                return nil
            } catch {
                return error.message
            }
        }
        return endpoint
    }

    private func readKeySource(_ reader: TableReader) -> KeySource {
        let key = reader.string("api_key", "the key") {
            KeySource.isSendable($0)
                ? nil : "holds a space, a control character or a letter beyond ASCII"
        }
        let variable = reader.string("api_key_env", "a variable's name") {
            $0.utf8.contains { $0 == UInt8(ascii: "=") || $0 == 0 }
                ? "must be the name of an environment variable" : nil
        }
        let file = reader.string("api_key_file", "a path") {
            $0.isEmpty || ($0.hasPrefix("/") && !$0.utf8.contains(0))
                ? nil : "must be an absolute path"
        }
        let credential = reader.string("api_key_credential", "a credential's name") {
            $0.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 } || $0 == "." || $0 == ".."
                ? "must be the name of a systemd credential, which has no slash" : nil
        }
        refuseSeveralKeys(reader)
        if let key = key?.nonEmpty { return .literal(Secret(key)) }
        if let variable = variable?.nonEmpty { return .variable(variable) }
        if let file = file?.nonEmpty { return .file(file) }
        if let credential = credential?.nonEmpty { return .credential(credential) }
        return .automatic
    }

    private func refuseSeveralKeys(_ reader: TableReader) {
        let sources = ["api_key", "api_key_env", "api_key_file", "api_key_credential"]
        let given = reader.table.entries.filter { entry in
            guard case .string(let text) = entry.node.value else { return false }
            return sources.contains(entry.key.text) && !text.isEmpty
        }
        guard given.count > 1, let last = given.last else { return }
        let list = given.map { "`\($0.key)`" }.joined(separator: " and ")
        problems.add(last.position, "\(list) exclude each other; keep the one that is meant")
    }
}
