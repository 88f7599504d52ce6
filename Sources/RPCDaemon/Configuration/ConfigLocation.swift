/// Where the configuration comes from.
package enum ConfigLocation: Equatable, Sendable {
    case file(String)
    /// No file anywhere: the built-in defaults.
    case builtIn
}

/// A configuration file that someone named and that is not there.
package struct MissingConfigFile: Error, Equatable, Sendable, CustomStringConvertible {
    package var path: String
    /// Who named it: `--config` or `$CROWD_MODELS_CONFIG`.
    package var source: String

    package var description: String {
        "\(path): no such file; it was named by \(source)"
    }
}

extension ConfigLocation {
    /// The daemon's search: `--config`, `$CROWD_MODELS_CONFIG`, `./config.toml`,
    /// `$XDG_CONFIG_HOME/crowd-models/config.toml` (without the variable `$HOME/.config/…`),
    /// `/etc/crowd-models/config.toml`, else the built-in defaults. An empty variable is not set.
    package static func find(
        flag: String?, environment: (String) -> String?, exists: (String) -> Bool
    ) throws(MissingConfigFile) -> ConfigLocation {
        let named = [
            flag.map { ($0, "--config") },
            environment("CROWD_MODELS_CONFIG")?.nonEmpty.map { ($0, "$CROWD_MODELS_CONFIG") },
        ]
        if let (path, source) = named.compactMap(\.self).first {
            guard exists(path) else { throw MissingConfigFile(path: path, source: source) }
            return .file(path)
        }
        let found = ["config.toml", userFile(environment), "/etc/crowd-models/config.toml"]
            .compactMap(\.self).first(where: exists)
        return found.map(ConfigLocation.file) ?? .builtIn
    }

    /// The user's own file, whether or not it is there; nil without a home.
    package static func userFile(_ environment: (String) -> String?) -> String? {
        let home = environment("HOME")?.nonEmpty.map { $0 + "/.config" }
        return (absolute(environment("XDG_CONFIG_HOME")) ?? home).map {
            $0 + "/crowd-models/config.toml"
        }
    }

    /// The XDG rules tell everyone to ignore a relative path.
    static func absolute(_ path: String?) -> String? {
        guard var path, path.hasPrefix("/") else { return nil }
        while path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
