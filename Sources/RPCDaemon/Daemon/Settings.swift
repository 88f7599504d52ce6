import Configuration

/// The configuration in force and where it came from. Whoever needs to know asks here; the daemon
/// keeps it as long as it lives.
final class Settings {
    let config: Config
    /// The file that it was read from; nil for the built-in one.
    let path: String?
    /// Where the daemon listens, or what systemd passed.
    let socketPath: String
    /// The keys of the backends that have one, by their names.
    let keys: [String: Secret]

    init(
        _ config: Config, from path: String?, socketPath: String, keys: [String: Secret]
    ) {
        self.config = config
        self.path = path
        self.socketPath = socketPath
        self.keys = keys
    }

    /// The maxima in force.
    var limits: Limits { config.limits }
}
