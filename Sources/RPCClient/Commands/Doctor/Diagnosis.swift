import CrowdModelsProtocol
import Screen

/// What was found on this machine; whoever gathers it judges nothing.
///
/// Many properties: one for each thing that was looked at.
struct Findings {
    /// The daemon's socket; nil where none was found.
    var socket: String?
    /// Why there is no daemon to talk to; nil where there is one.
    var noDaemon: String?
    /// Whether there is one that this user may not talk to.
    var isBarred = false
    /// A unit of systemd's that would start it, and how.
    var unit: String?
    var clientVersion = Release.version
    var status: StatusResult?
    var configuration: Configuration?
    var backends: [BackendDescription] = []
    var models: [ModelDescription] = []
    /// Where HTTP is served by TCP, and why it is not though it should; nil for neither.
    var http: String?
    var httpProblem: String?
    /// `$CROWD_MODELS_MODEL`.
    var ownModel: String?
    /// Whether LM Studio's application runs; asked only where no server of it is up.
    var isLMStudioRunning = false
    /// Warnings and errors of the daemon's log.
    var logged: [String] = []

    struct Configuration {
        let path: String
        /// `line:column: message`, or why it cannot be read.
        var problems: [String] = []
        /// Whether it holds a key and others than its owner may read it.
        var isKeyExposed = false
    }
}

/// One thing that was looked at.
struct Check: Equatable {
    enum Verdict: String {
        case ok, warning, trouble
    }

    let name: String
    let verdict: Verdict
    let message: String
    /// What mends it.
    var command: String?

    var json: JSONValue {
        var object: JSONObject = [
            "check": .string(name), "verdict": .string(verdict.rawValue),
            "message": .string(message),
        ]
        object["command"] = command.map(JSONValue.string)
        return .object(object)
    }
}

/// Findings judged: pure, one check after the other.
enum Diagnosis {
    static func checks(_ findings: Findings) -> [Check] {
        var checks = daemon(findings) + configuration(findings)
        guard findings.noDaemon == nil else { return checks }
        checks += http(findings) + backends(findings) + models(findings) + log(findings)
        return checks
    }

    private static func daemon(_ findings: Findings) -> [Check] {
        if let problem = findings.noDaemon {
            return [
                Check(
                    name: "daemon", verdict: .trouble, message: problem,
                    command: findings.isBarred
                        ? "sudo usermod -a -G crowd-models \"$USER\"; then log in anew"
                        : findings.unit ?? "crowd-models-executor")
            ]
        }
        var checks = [
            Check(
                name: "daemon", verdict: .ok,
                message: "answers at \(findings.socket ?? "its socket")"
                    + (findings.status.map { ", up \(Units.seconds($0.uptimeSeconds))" } ?? ""))
        ]
        if let status = findings.status {
            let isSame = status.version == findings.clientVersion
            checks.append(
                Check(
                    name: "version", verdict: isSame ? .ok : .warning,
                    message: isSame
                        ? "daemon and client are both \(status.version)"
                        : "the daemon is \(status.version), this client \(findings.clientVersion)",
                    command: isSame ? nil : "systemctl --user restart crowd-models-executor"))
            let inUse = Double(status.connections)
            if let limit = status.limits.first(where: { $0.name == "connections_max" })?.value,
                inUse > 0.9 * limit
            {
                checks.append(
                    Check(
                        name: "connections", verdict: .warning,
                        message: "\(status.connections) of \(Int(limit)) are in use",
                        command: "end programs that use the daemon, or raise connections_max of "
                            + "[limits]"))
            }
        }
        return checks
    }

    private static func configuration(_ findings: Findings) -> [Check] {
        guard let configuration = findings.configuration else {
            return [
                Check(
                    name: "configuration", verdict: .ok, message: "no file, built-in defaults")
            ]
        }
        let path = configuration.path
        if !configuration.problems.isEmpty {
            return configuration.problems.map { problem in
                Check(
                    name: "configuration", verdict: .trouble, message: "\(path):\(problem)",
                    command: "crowd-models-executor --check-config --config \(path)")
            }
        }
        if configuration.isKeyExposed {
            return [
                Check(
                    name: "configuration", verdict: .warning,
                    message: "\(path) holds a key that others may read",
                    command: "chmod go= \(path)")
            ]
        }
        return [Check(name: "configuration", verdict: .ok, message: path)]
    }

    private static func http(_ findings: Findings) -> [Check] {
        if let problem = findings.httpProblem {
            return [
                Check(
                    name: "http", verdict: .trouble, message: problem,
                    command: "end that program, or set another `listen` of [http]; "
                        + "crowd-models launch needs no port")
            ]
        }
        return findings.http.map {
            [Check(name: "http", verdict: .ok, message: "is served at http://\($0)")]
        } ?? []
    }

    private static func backends(_ findings: Findings) -> [Check] {
        let checks = backendsAlone(findings)
        guard findings.isLMStudioRunning else { return checks }
        return checks + [
            Check(
                name: "LM Studio", verdict: .warning,
                message: "LM Studio is running but its server is off",
                command: "lms server start")
        ]
    }

    private static func backendsAlone(_ findings: Findings) -> [Check] {
        if findings.backends.isEmpty {
            return [
                Check(
                    name: "backends", verdict: .trouble,
                    message: "none is configured and none was found: start a model server",
                    command: ServerStart.command(of: "lmstudio"))
            ]
        }
        let isServed = findings.backends.contains { $0.state == "up" }
        return findings.backends.map { entry in
            isServed && isUnused(entry, findings) ? unused(entry) : backend(entry)
        }
    }

    /// Whether it is the LM Studio that is looked for where nothing is configured, and not there.
    private static func isUnused(_ backend: BackendDescription, _ findings: Findings) -> Bool {
        findings.configuration == nil && backend.name == "lmstudio"
            && backend.origin == "configured" && backend.state == "down"
    }

    private static func unused(_ backend: BackendDescription) -> Check {
        Check(
            name: "backend \(backend.name)", verdict: .ok,
            message: "nobody listens at \(backend.endpoint), and nothing is configured that would "
                + "need it")
    }

    private static func backend(_ backend: BackendDescription) -> Check {
        let name = "backend \(backend.name)"
        let error = backend.lastError.map { ": \($0)" } ?? ""
        let at = "\(backend.kind) at \(backend.endpoint)"
        switch backend.state {
        case "up" where backend.breaker ?? "closed" != "closed":
            return Check(
                name: name, verdict: .warning,
                message: "\(at) fails so often that it is spared for a while\(error)",
                command: "look at its own log; crowd-models events log")
        case "up" where backend.models == 0:
            return Check(
                name: name, verdict: .warning, message: "\(at) is up and has no model",
                command: Advice.filling(backend))
        case "up":
            return Check(
                name: name, verdict: .ok,
                message: "\(at) is up with \(Units.count(backend.models, "model"))")
        case "auth_failed" where backend.origin == "discovered":
            return Check(
                name: name, verdict: .warning,
                message: "\(at) was found and wants a key, which only a configured server is sent",
                command: "add [[llm_backends]] with endpoint = \"\(backend.endpoint)\" and api_key "
                    + "to the configuration")
        case "auth_failed":
            return Check(
                name: name, verdict: .trouble,
                message: "\(at) wants a key, or refuses the one it is given\(error)",
                command: "set api_key, or the variable "
                    + "\(variable(backend.name)), for the daemon")
        case "rate_limited", "probing":
            return Check(
                name: name, verdict: .warning, message: "\(at) is \(backend.state)\(error)",
                command: "wait a moment; crowd-models doctor")
        default:
            return Check(
                name: name, verdict: .trouble, message: "\(at) is \(backend.state)\(error)",
                command: Advice.mending(backend))
        }
    }

    /// The variable that holds a backend's key.
    private static func variable(_ backend: String) -> String {
        let letters = backend.uppercased().map {
            $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_"
        }
        return String(letters) + "_API_KEY"
    }

    private static func models(_ findings: Findings) -> [Check] {
        let chat = findings.models.filter(ModelChoice.canChat)
        if chat.isEmpty {
            return [
                Check(
                    name: "models", verdict: .trouble, message: "there is none that can answer",
                    command: "download one in the model server; crowd-models models --refresh")
            ]
        }
        let loaded = chat.filter { $0.state == "loaded" }
        var checks = [
            Check(
                name: "models", verdict: .ok,
                message: "\(Units.count(chat.count, "model")) can answer, \(loaded.count) loaded")
        ]
        if let own = findings.ownModel {
            let names = findings.models.flatMap { [$0.id] + $0.aliases }
            let isKnown = names.contains { $0.lowercased().contains(own.lowercased()) }
            checks.append(
                Check(
                    name: "CROWD_MODELS_MODEL", verdict: isKnown ? .ok : .trouble,
                    message: isKnown ? own : "no backend has the model \(own)",
                    command: isKnown ? nil : "crowd-models models"))
        }
        return checks
    }

    private static func log(_ findings: Findings) -> [Check] {
        guard let last = findings.logged.last else { return [] }
        return [
            Check(
                name: "log", verdict: .warning,
                message:
                    "\(Units.count(findings.logged.count, "warning")) of late, the last: \(last)",
                command: "crowd-models events log")
        ]
    }
}
