extension Config {
    /// A table of the file and the keys that it knows, in the order of the documentation.
    package struct Section: Sendable {
        /// As one writes its header.
        package let name: String
        package let keys: [String]
    }

    package static let sections = [
        Section(
            name: "the top level",
            keys: [
                "default_model", "server", "discovery", "llm_backends", "aliases", "http", "limits",
                "log",
            ]),
        Section(
            name: "[server]",
            keys: [
                "socket", "mode", "idle_exit", "shutdown_timeout", "admin_uids", "allowed_uids",
                "allowed_gids",
            ]),
        Section(name: "[discovery]", keys: ["enabled", "interval", "hosts", "ports", "sockets"]),
        Section(
            name: "[[llm_backends]]",
            keys: [
                "name", "endpoint", "kind", "api_key", "api_key_env", "api_key_file",
                "api_key_credential", "supported_models", "rate_limit", "max_concurrent",
                "priority", "timeout", "connect_timeout", "ca_file",
            ]),
        Section(name: "[http]", keys: ["listen", "hosts", "origins"]),
        Section(name: "[limits]", keys: Limits.keys.map(\.name) + ["write_stall"]),
        Section(name: "[log]", keys: ["level", "format"]),
    ]

    /// Reads the text of a configuration file; every problem that it has is in the error.
    ///
    /// A text that is no TOML has one problem, since nothing behind it can be trusted.
    package static func load(_ text: [UInt8]) throws(ConfigurationErrors) -> Config {
        let table = try parse(text)
        var loading = Loading()
        loading.read(table)
        try loading.problems.throwIfAny()
        return loading.config
    }

    /// The `[server] socket` of a file, nil if the file has none or is not valid TOML: the client
    /// only looks for the daemon, and complaining about the file is the daemon's part.
    package static func socket(in text: [UInt8]) -> String? {
        guard let table = try? parse(text), case .table(let server) = table["server"]?.node.value,
            case .string(let socket) = server["socket"]?.node.value, socket.hasPrefix("/")
        else { return nil }
        return socket
    }

    private static func parse(_ text: [UInt8]) throws(ConfigurationErrors) -> TOMLTable {
        guard text.count <= Limits.configurationBytesMax else {
            let start = TOMLPosition(line: 1, column: 1)
            throw ConfigurationErrors(problems: [
                Problem(
                    at: start,
                    "the file has \(text.count) bytes; allowed are "
                        + "\(Limits.configurationBytesMax) (configuration_bytes_max)")
            ])
        }
        do throws(TOMLError) {
            return try TOMLParser.parse(text)
        } catch {
            throw ConfigurationErrors(problems: [Problem(at: error.position, error.message)])
        }
    }
}

/// One reading of a file: the configuration as far as it is known, and what is wrong.
struct Loading {
    var config = Config()
    let problems = ProblemList()

    mutating func read(_ table: TOMLTable) {
        remember(table, "")
        let top = reader(table, 0)
        config.defaultModel = top.string("default_model", "a model's name")?.nonEmpty
        if let server = section("server", in: table) { readServer(reader(server, 1)) }
        if let discovery = section("discovery", in: table) { readDiscovery(reader(discovery, 2)) }
        readBackends(table["llm_backends"])
        if let aliases = section("aliases", in: table) { readAliases(aliases) }
        if let http = section("http", in: table) { readHTTP(reader(http, 4)) }
        if let limits = section("limits", in: table) { readLimits(reader(limits, 5)) }
        if let log = section("log", in: table) {
            let reader = reader(log, 6)
            reader.choice("level", into: &config.log.level)
            reader.choice("format", into: &config.log.format)
        }
    }

    func reader(_ table: TOMLTable, _ section: Int) -> TableReader {
        let section = Config.sections[section]
        let reader = TableReader(table: table, section: section.name, problems: problems)
        reader.refuseUnknown(known: section.keys)
        return reader
    }

    /// Notes where each key of a table stands; a backend's are under its name.
    mutating func remember(_ table: TOMLTable, _ prefix: String) {
        for entry in table.entries {
            let name = prefix + entry.key.description
            config.origins.positions[name] = entry.node.position
            if case .table(let inner) = entry.node.value { remember(inner, name + ".") }
        }
    }

    private func section(_ key: String, in table: TOMLTable) -> TOMLTable? {
        guard let entry = table[key] else { return nil }
        if case .table(let section) = entry.node.value { return section }
        var hint = ""
        if case .array = entry.node.value { hint = "; write [\(key)] once" }
        problems.add(
            entry.position, "`\(key)` must be a table, not \(entry.node.value.typeName)\(hint)")
        return nil
    }

    private mutating func readServer(_ reader: TableReader) {
        let socket = reader.string("socket", "a path") { path in
            if path.isEmpty { return nil }
            if !path.hasPrefix("/") {
                return "must be an absolute path: daemon and clients start in different folders"
            }
            if path.utf8.contains(0) { return "has a zero character" }
            guard path.utf8.count > Limits.socketPathBytesMax else { return nil }
            return "has \(path.utf8.count) bytes; the system allows \(Limits.socketPathBytesMax) "
                + "(socket_path_bytes_max)"
        }
        config.server.socket = socket?.nonEmpty
        let mode = reader.string("mode", "octal digits, such as \"0600\"") { text in
            Loading.mode(text) != nil
                ? nil
                : "must be a file mode in octal digits from \"0000\" to \"0777\", "
                    + "such as \"0600\""
        }
        if let mode = mode.flatMap(Loading.mode) { config.server.mode = mode }
        reader.seconds("idle_exit", 0...31_536_000, into: &config.server.idleExit)
        reader.seconds("shutdown_timeout", 0...86_400, into: &config.server.shutdownTimeout)
        // The highest number means "no such user" to the kernel.
        let ids: ClosedRange<UInt32> = 0...UInt32.max - 1
        reader.integers("admin_uids", "user ids", ids, into: &config.server.adminUIDs)
        reader.integers("allowed_uids", "user ids", ids, into: &config.server.allowedUIDs)
        reader.integers("allowed_gids", "group ids", ids, into: &config.server.allowedGIDs)
    }

    private static func mode(_ text: String) -> UInt32? {
        let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
        guard (3...4).contains(digits.utf8.count), digits.utf8.allSatisfy(TOMLParser.isDigit),
            let mode = UInt32(digits, radix: 8), mode <= 0o777
        else { return nil }
        return mode
    }

    private mutating func readDiscovery(_ reader: TableReader) {
        reader.boolean("enabled", into: &config.discovery.enabled)
        reader.seconds("interval", 0.05...3600, into: &config.discovery.interval)
        reader.strings(
            "hosts", "names or addresses",
            check: { host in
                InternetAddress.isHost(host[...]) || InternetAddress.isIPv6(host[...])
                    ? nil
                    : "must be a host name or an address alone; ports go into `ports`, and a URL "
                        + "into [[llm_backends]]"
            }, into: &config.discovery.hosts)
        reader.integers("ports", "port numbers", 1...65535, into: &config.discovery.ports)
        reader.strings(
            "sockets", "paths",
            check: { path in
                if !path.hasPrefix("/") { return "must be an absolute path" }
                if path.utf8.contains(0) { return "has a zero character" }
                guard path.utf8.count > Limits.socketPathBytesMax else { return nil }
                return "has \(path.utf8.count) bytes; the system allows "
                    + "\(Limits.socketPathBytesMax) (socket_path_bytes_max)"
            }, into: &config.discovery.sockets)
    }

    private mutating func readHTTP(_ reader: TableReader) {
        var address: ListenAddress?
        _ = reader.string("listen", "an address and a port, such as 127.0.0.1:11434") { text in
            address = ListenAddress(text)
            return text.isEmpty || address != nil
                ? nil
                : "must be an address and a port, such as \"127.0.0.1:11434\" or \"[::1]:8000\""
        }
        config.http.listen = address
        reader.strings(
            "hosts", "names",
            check: { host in
                InternetAddress.isHost(host[...]) || InternetAddress.isIPv6(host[...])
                    ? nil : "must be a host name or an address alone, without a port"
            }, into: &config.http.hosts)
        reader.strings(
            "origins", "what browsers send, such as http://localhost:3000",
            check: { origin in
                Self.isOrigin(origin)
                    ? nil
                    : "must be a scheme, a host and a port if it is not the usual one, such as "
                        + "http://localhost:3000, and nothing behind them"
            }, into: &config.http.origins)
    }

    /// Whether a browser would send it as `Origin` (RFC 6454, 6.1), apart from `null`, which any
    /// page can.
    private static func isOrigin(_ text: String) -> Bool {
        let scheme = text.prefix { $0 != ":" }
        guard text.dropFirst(scheme.count).hasPrefix("://") else { return false }
        let rest = text.dropFirst(scheme.count + 3)
        return !scheme.isEmpty && scheme.utf8.allSatisfy(TOMLParser.isBareKeyByte)
            && !rest.isEmpty && !rest.utf8.contains { $0 <= 0x20 || $0 >= 0x7F || $0 == 0x2F }
    }

    private mutating func readLimits(_ reader: TableReader) {
        for key in Limits.keys {
            guard let value = reader.integer(key.name, key.unit, key.range) else { continue }
            config.limits[keyPath: key.path] = value
        }
        reader.seconds("write_stall", Limits.writeStallRange, into: &config.limits.writeStall)
    }
}

extension String {
    /// The text, or nil if there is none in it: `""` means "not set" in the file.
    var nonEmpty: String? { isEmpty ? nil : self }
}
