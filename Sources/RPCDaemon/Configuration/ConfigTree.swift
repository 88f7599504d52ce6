/// A configuration as plain values in their documented order, for JSON and for comparing.
package indirect enum ConfigTree: Equatable, Sendable {
    case string(String)
    case int(Int)
    case double(Double)
    case bool(Bool)
    case array([ConfigTree])
    case table([(String, ConfigTree)])

    package static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.int(let a), .int(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.bool(let a), .bool(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.table(let a), .table(let b)): a.elementsEqual(b) { $0.0 == $1.0 && $0.1 == $1.1 }
        default: false
        }
    }

    /// The member of a table, or nil.
    package subscript(key: String) -> ConfigTree? {
        guard case .table(let members) = self else { return nil }
        return members.first { $0.0 == key }?.1
    }

    static func strings(_ texts: [String]) -> ConfigTree { .array(texts.map { .string($0) }) }

    static func ids(_ numbers: [UInt32]) -> ConfigTree { .array(numbers.map { .int(Int($0)) }) }

    /// Whole seconds as an integer, as one would write them.
    static func seconds(_ seconds: Seconds) -> ConfigTree {
        let (whole, rest) = seconds.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest == 0 ? .int(Int(whole)) : .double(seconds.value)
    }
}

extension Config {
    /// Every key in force, in the order of the documentation, keyed as in the file, secrets as
    /// `***`; only a `rate_limit` that is not set is left out, since no number says "none".
    package var tree: ConfigTree { tree { _ in Secret.mask } }

    func tree(_ show: (Secret) -> String) -> ConfigTree {
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
    fileprivate var tree: ConfigTree {
        models.count == 1 ? .string(models[0]) : .strings(models)
    }
}

extension Config.Server {
    fileprivate var tree: ConfigTree {
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
    package var tree: ConfigTree {
        .table(
            Limits.keys.map { ($0.name, .int(self[keyPath: $0.path])) }
                + [("write_stall", .seconds(writeStall))])
    }
}

extension BackendConfig {
    fileprivate func tree(_ show: (Secret) -> String) -> ConfigTree {
        var members: [(String, ConfigTree)] = [
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
        ]
        return .table(members)
    }
}
