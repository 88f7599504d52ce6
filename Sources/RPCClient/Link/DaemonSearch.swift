import Configuration
import Glibc

/// The search for the daemon's socket: `--socket` or its variable, else the first of the usual
/// places that exists.
package struct DaemonSearch {
    private let flag: String?
    private let uid = geteuid()

    package init(flag: String?) {
        self.flag = flag
    }

    /// The path of the socket.
    package func find() throws(Failure) -> String {
        var fileProblem: String?
        let places = SocketLocation.forClient(
            flag: flag, environment: Environment.value, uid: uid,
            configured: { Self.socket(configuredIn: $0, &fileProblem) })
        var refusals: [String] = []
        for place in places {
            if let problem = place.problem {
                throw Failure(place.source == .flag ? .usage : .configuration, problem)
            }
            switch presence(of: place) {
            case .present: return place.path
            case .absent: break
            case .refused(let why): refusals.append(why)
            }
        }
        throw failure(places, refusals, fileProblem)
    }

    private enum Presence {
        case present
        case absent
        /// Something is there that must not be used, and why.
        case refused(String)
    }

    private func presence(of place: SocketLocation) -> Presence {
        var information = stat()
        if place.source == .temporary {
            let folder = String(place.path.dropLast("/executor.sock".count))
            guard unsafe lstat(folder, &information) == 0 else { return .absent }
            // Anybody may make a folder in /tmp, and would get the prompts of whoever trusts it.
            guard information.st_mode & S_IFMT == S_IFDIR, information.st_uid == uid,
                information.st_mode & 0o077 == 0
            else { return .refused("\(folder) is not used: it is not a folder of yours alone") }
        }
        if unsafe stat(place.path, &information) == 0 { return .present }
        return errno == EACCES
            ? .refused("you may not look at \(place.path)") : .absent
    }

    private func failure(
        _ places: [SocketLocation], _ refusals: [String], _ fileProblem: String?
    ) -> Failure {
        let start = "start it with crowd-models-executor"
        if places.count == 1, let named = places.first, refusals.isEmpty {
            return Failure(
                .unavailable,
                "no daemon: there is no socket at \(named.path) (\(named.source.name)); "
                    + "\(start) --socket \(named.path)")
        }
        let looked = places.map { "\($0.path) (\($0.source.name))" }.joined(separator: ", ")
        var message = "no daemon: there is no socket at \(looked)"
        for remark in refusals + [fileProblem].compactMap(\.self) { message += "; \(remark)" }
        message += "; \(start), or name its socket with --socket PATH"
        if fileProblem != nil { return Failure(.configuration, message) }
        return Failure(refusals.isEmpty ? .unavailable : .permission, message)
    }

    /// The `[server] socket` of a configuration file. A file that cannot be read is no obstacle
    /// while a socket is found elsewhere, but worth a word if none is.
    private static func socket(configuredIn path: String, _ problem: inout String?) -> String? {
        let isNamed = Environment.value("CROWD_MODELS_CONFIG") == path
        guard unsafe access(path, F_OK) == 0 || isNamed else { return nil }
        do throws(Failure) {
            let text = try InputFile.read(path, bytesMax: Limits.configurationBytesMax)
            return Config.socket(in: text)
        } catch {
            problem = error.message
            return nil
        }
    }
}

extension SocketLocation.Source {
    /// Who names this place.
    package var name: String {
        switch self {
        case .flag: "--socket"
        case .configuration: "[server] socket"
        case .variable: "$CROWD_MODELS_SOCKET"
        case .runtimeFolder: "$XDG_RUNTIME_DIR"
        case .system: "the system's daemon"
        case .temporary: "your own without $XDG_RUNTIME_DIR"
        }
    }
}
