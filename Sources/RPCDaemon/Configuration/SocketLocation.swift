/// A place for the daemon's socket and who named it.
package struct SocketLocation: Equatable, Sendable {
    /// Why a socket is where it is.
    package enum Source: Equatable, Sendable {
        /// `--socket`.
        case flag
        /// `[server] socket`.
        case configuration
        /// `$CROWD_MODELS_SOCKET`.
        case variable
        /// `$XDG_RUNTIME_DIR`, a folder that only its user can reach.
        case runtimeFolder
        /// `/run/crowd-models`, for root.
        case system
        /// `/tmp/crowd-models-$UID`: the daemon has to make it with mode 0700, and both sides have
        /// to check that it belongs to that user and is no symbolic link.
        case temporary
    }

    package let path: String
    package let source: Source

    package init(path: String, source: Source) {
        self.path = path
        self.source = source
    }

    /// What is wrong with the path, or nil.
    package var problem: String? {
        guard path.utf8.count > Limits.socketPathBytesMax else { return nil }
        return "the socket path \(path) has \(path.utf8.count) bytes; the system allows "
            + "\(Limits.socketPathBytesMax) (socket_path_bytes_max); choose a shorter one"
    }

    /// Where the daemon listens, unless systemd handed it a socket. An empty variable is not set.
    package static func forDaemon(
        flag: String?, configured: String?, environment: (String) -> String?, uid: UInt32
    ) -> SocketLocation {
        if let flag { return SocketLocation(path: flag, source: .flag) }
        if let configured = configured?.nonEmpty {
            return SocketLocation(path: configured, source: .configuration)
        }
        if let path = environment(variable)?.nonEmpty {
            return SocketLocation(path: path, source: .variable)
        }
        if let location = inRuntimeFolder(environment) { return location }
        return uid == 0 ? system : temporary(uid)
    }

    /// Where the client looks, in this order; the first that exists is the one.
    ///
    /// With `--socket` or the variable it looks nowhere else: who names a daemon does not want
    /// another one. The runtime folder is looked for where logind puts it even without its
    /// variable, which cron, su and some logins do not set. `./config.toml` is never asked, since
    /// a folder that one happens to stand in must not redirect prompts.
    ///
    /// - Parameter configured: the `[server] socket` of the file at a path, nil if there is no such
    ///   file or key (see `Config.socket(in:)`).
    package static func forClient(
        flag: String?, environment: (String) -> String?, uid: UInt32,
        configured: (String) -> String?
    ) -> [SocketLocation] {
        if let flag { return [SocketLocation(path: flag, source: .flag)] }
        if let path = environment(variable)?.nonEmpty {
            return [SocketLocation(path: path, source: .variable)]
        }
        let file =
            environment("CROWD_MODELS_CONFIG")?.nonEmpty ?? ConfigLocation.userFile(environment)
        let candidates = [
            file.flatMap(configured)?.nonEmpty.map {
                SocketLocation(path: $0, source: .configuration)
            },
            inRuntimeFolder(environment)
                ?? SocketLocation(
                    path: "/run/user/\(uid)/crowd-models/executor.sock", source: .runtimeFolder),
            temporary(uid),
            system,
        ]
        return candidates.compactMap(\.self)
    }

    private static let variable = "CROWD_MODELS_SOCKET"

    private static func inRuntimeFolder(_ environment: (String) -> String?) -> SocketLocation? {
        ConfigLocation.absolute(environment("XDG_RUNTIME_DIR")).map {
            SocketLocation(path: $0 + "/crowd-models/executor.sock", source: .runtimeFolder)
        }
    }

    private static let system = SocketLocation(
        path: "/run/crowd-models/executor.sock", source: .system)

    private static func temporary(_ uid: UInt32) -> SocketLocation {
        SocketLocation(path: "/tmp/crowd-models-\(uid)/executor.sock", source: .temporary)
    }
}
