package import CrowdModelsProtocol

/// A configuration as JSON, its members in their documented order, for callers and for comparing.
extension JSONValue {
    static func int(_ value: Int) -> JSONValue { .integer(value) }

    static func table(_ members: [(String, JSONValue)]) -> JSONValue {
        var object = JSONObject()
        for (name, value) in members { object.append(name, value) }
        return .object(object)
    }

    static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    static func ids(_ numbers: [UInt32]) -> JSONValue { .array(numbers.map { .integer(Int($0)) }) }

    /// Whole seconds as an integer, as one would write them.
    static func seconds(_ seconds: Seconds) -> JSONValue {
        let (whole, rest) = seconds.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest == 0 ? .integer(Int(whole)) : .double(seconds.value)
    }
}

extension Config {
    /// Every key in force, in the order of the documentation, keyed as in the file, secrets as
    /// `***`; only a `rate_limit` that is not set is left out, since no number says "none".
    package var tree: JSONValue { tree { _ in Secret.mask } }

    func tree(_ show: (Secret) -> String) -> JSONValue {
        .table([
            ("default_model", .string(defaultModel ?? "")),
            ("server", server.tree),
            (
                "discovery",
                .table([
                    ("enabled", .bool(discovery.enabled)),
                    ("interval", .seconds(discovery.interval)),
                    ("hosts", .strings(discovery.hosts)),
                    ("ports", .array(discovery.ports.map { .int($0) })),
                    ("sockets", .strings(discovery.sockets)),
                ])
            ),
            ("llm_backends", .array(backends.map { $0.tree(show) })),
            ("aliases", .table(aliases.map { ($0.name, $0.tree) })),
            (
                "http",
                .table([
                    ("listen", .string(http.listen?.text ?? "")),
                    ("hosts", .strings(http.hosts)),
                    ("origins", .strings(http.origins)),
                ])
            ),
            ("limits", limits.tree),
            (
                "log",
                .table([
                    ("level", .string(log.level.rawValue)),
                    ("format", .string(log.format.rawValue)),
                ])
            ),
        ])
    }
}

extension Config.Alias {
    /// As it stood in the file: one model alone, or a list.
    fileprivate var tree: JSONValue {
        models.count == 1 ? .string(models[0]) : .strings(models)
    }
}

extension Config.Server {
    fileprivate var tree: JSONValue {
        let digits = String(mode, radix: 8)
        return .table([
            ("socket", .string(socket ?? "")),
            ("mode", .string(String(repeating: "0", count: 4 - digits.utf8.count) + digits)),
            ("idle_exit", .seconds(idleExit)),
            ("shutdown_timeout", .seconds(shutdownTimeout)),
            ("admin_uids", .ids(adminUIDs)),
            ("allowed_uids", .ids(allowedUIDs)),
            ("allowed_gids", .ids(allowedGIDs)),
        ])
    }
}

extension Limits {
    /// Every limit by the name that errors use.
    package var tree: JSONValue {
        .table(
            Limits.keys.map { ($0.name, .int(self[keyPath: $0.path])) }
                + [("write_stall", .seconds(writeStall))])
    }
}

extension BackendConfig {
    fileprivate func tree(_ show: (Secret) -> String) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(name)),
            ("endpoint", .string(endpoint.original)),
            ("kind", .string(kind.rawValue)),
        ]
        switch keySource {
        case .automatic: members.append(("api_key", .string("")))
        case .literal(let secret): members.append(("api_key", .string(show(secret))))
        case .variable(let name): members.append(("api_key_env", .string(name)))
        case .file(let path): members.append(("api_key_file", .string(path)))
        case .credential(let id): members.append(("api_key_credential", .string(id)))
        }
        members.append(("supported_models", .strings(supportedModels)))
        if let rateLimit { members.append(("rate_limit", .int(rateLimit))) }
        members += [
            ("max_concurrent", .int(maxConcurrent)),
            ("priority", .int(priority)),
            ("timeout", .seconds(timeout)),
            ("connect_timeout", .seconds(connectTimeout)),
            ("ca_file", .string(caFile)),
        ]
        return .table(members)
    }
}
