/// The whole configuration in force: what the file says, and the defaults where it says nothing.
package struct Config: Equatable, Sendable {
    /// The model of a request that names none; nil lets the one loaded model answer.
    package var defaultModel: String?
    package var server = Server()
    package var discovery = Discovery()
    /// In the order of the file; no two have the same name.
    package var backends: [BackendConfig] = []
    /// In the order of the file.
    package var aliases: [Alias] = []
    package var http = HTTP()
    package var limits = Limits()
    package var log = Log()
    /// Where each key stood.
    package var origins = Origins()

    /// What an empty file means: no backend but those that discovery finds.
    package init() {}

    /// What no file at all means: LM Studio where it listens by default, and discovery.
    package static let builtIn: Config = {
        var config = Config()
        guard let endpoint = try? Endpoint("http://localhost:1234") else {
            preconditionFailure("the default endpoint is one")
        }
        config.backends = [BackendConfig(name: "lmstudio", endpoint: endpoint)]
        return config
    }()
}

extension Config {
    /// `[server]`: the socket and who may use it.
    package struct Server: Equatable, Sendable {
        /// An absolute path; nil follows the search order of `SocketLocation`.
        package var socket: String?
        /// The socket's file mode.
        package var mode: UInt32 = 0o600
        /// Idle time after which a daemon started by its socket ends; 0 is never.
        package var idleExit: Seconds = 0
        /// How long running requests may go on after a stop was asked for.
        package var shutdownTimeout: Seconds = 30
        /// Who may manage the daemon, beside its own user and root.
        package var adminUIDs: [UInt32] = []
        /// Who may connect; both lists empty: whoever the file mode lets in.
        package var allowedUIDs: [UInt32] = []
        package var allowedGIDs: [UInt32] = []
    }

    /// `[discovery]`: the search for servers that nobody configured.
    package struct Discovery: Equatable, Sendable {
        package var enabled = true
        /// Time between two looks, also at the configured servers.
        package var interval: Seconds = 1
        /// Names or addresses, IPv6 without brackets.
        package var hosts = ["127.0.0.1", "::1"]
        /// Ports to look at beside the known ones.
        package var ports: [Int] = []
        /// Paths of Unix sockets to look at.
        package var sockets: [String] = []
    }

    /// `[aliases]`: another name for a model, or for several of which each is the fallback of the
    /// one before.
    package struct Alias: Equatable, Sendable {
        package var name: String
        /// At least one.
        package var models: [String]
    }

    /// `[http]`: HTTP for programs that know no Unix socket.
    package struct HTTP: Equatable, Sendable {
        /// Nil for HTTP on the Unix socket alone.
        package var listen: ListenAddress?
        /// Names under which requests may ask for it, beside the loopback's own and the address.
        package var hosts: [String] = []
        /// Web pages that may use it, as browsers say it: `http://localhost:3000`.
        package var origins: [String] = []
    }

    /// `[log]`: what is told, and how.
    package struct Log: Equatable, Sendable {
        package var level = LogLevel.info
        package var format = LogFormat.auto
    }

    /// The models that a name means, in the order in which they are tried.
    package func chain(for name: String) -> [String] { aliases.chain(for: name) }

    /// The model that a name means first of all.
    package func model(named name: String) -> String { chain(for: name)[0] }
}

/// How much is logged: each level tells what those before it tell, too.
package enum LogLevel: String, CaseIterable, Comparable, Sendable {
    case error, warning, info, debug

    package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

    // Asked at each change of a request; those that come with `<` find it through a table.
    package static func <= (a: Self, b: Self) -> Bool { a.rank <= b.rank }
    package static func >= (a: Self, b: Self) -> Bool { a.rank >= b.rank }

    private var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .info: 2
        case .debug: 3
        }
    }
}

/// The shape of a log line; `auto` is journald's under journald, else plain.
package enum LogFormat: String, CaseIterable, Sendable {
    case auto, plain, json
}

/// Where the keys of a configuration stood, by dotted name such as
/// `llm_backends.lmstudio.endpoint`.
///
/// All origins are equal, so that two configurations that say the same are.
package struct Origins: Equatable, Sendable {
    var positions: [String: TOMLPosition] = [:]

    package subscript(name: String) -> TOMLPosition? { positions[name] }

    package static func == (a: Self, b: Self) -> Bool { true }
}

extension [Config.Alias] {
    /// The models that a name means, in the order in which they are tried: aliases are followed,
    /// which `load` made sure ends, and no model stands there twice.
    package func chain(for name: String) -> [String] {
        guard let alias = first(where: { $0.name == name }) else { return [name] }
        var models: [String] = []
        for model in alias.models.flatMap({ chain(for: $0) }) where !models.contains(model) {
            models.append(model)
        }
        return models
    }
}
