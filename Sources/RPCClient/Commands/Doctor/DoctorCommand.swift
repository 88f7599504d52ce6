import CrowdModelsProtocol
import Glibc
import Link
import Screen

extension Command {
    static let doctor = Command(
        "doctor", "look for what is wrong, and say what mends it",
        details: """
            It looks for the daemon, at its version and configuration, at each backend, at the
            models, and at warnings in the log. Nothing is changed.
            """,
        examples: ["crowd-models doctor", "crowd-models --json doctor | jq '.[] | .message'"],
        exits: "0 if there is no trouble, else 1.",
        run: runDoctor)

    private static func runDoctor(_ session: Session) throws(Failure) {
        let checks = Diagnosis.checks(gather(session))
        if session.isJSON {
            session.output.appendLine(json: .array(checks.map(\.json)))
        } else {
            session.output.append(lines: lines(checks, session.output.layout))
        }
        try session.output.flush()
        if checks.contains(where: { $0.verdict == .trouble }) {
            throw Failure(.failed, "there is trouble")
        }
    }

    private static func lines(_ checks: [Check], _ layout: Layout) -> [String] {
        checks.flatMap { check -> [String] in
            let verdict = check.verdict.rawValue
            let text = Printable.escaping("\(check.name): \(check.message)")
            let room = layout.width.map { max($0 - 9, 20) }
            var pieces = room.map { Paragraph.wrap(text, to: $0) } ?? [text]
            if let command = check.command {
                pieces.append("→ " + Printable.escaping(command))
            }
            let painted = layout.style.paint(verdict, Tone(state: verdict))
            let padding = String(repeating: " ", count: 9 - verdict.cells)
            return pieces.enumerated().map { index, piece in
                (index == 0 ? painted + padding : String(repeating: " ", count: 9)) + piece
            }
        }
    }

    private static func gather(_ session: Session) -> Findings {
        var findings = Findings()
        findings.ownModel = Environment.model
        findings.unit = unit()
        do throws(Failure) {
            let path = try DaemonSearch(flag: session.invocation["socket"]).find()
            findings.socket = path
            let connection = try DaemonConnection(to: path)
            func ask<Shape: JSONReadable>(_ method: Method) throws(Failure) -> Shape {
                let id = try connection.send("\(method.name)")
                return try Shape(answer: try connection.result(of: id))
            }
            let id = try connection.send("\(Method.status.name)")
            let status = try connection.result(of: id)
            findings.status = try StatusResult(answer: status)
            findings.http = status["http"]?.stringValue
            findings.httpProblem = status["http_problem"]?.stringValue
            let backends: BackendsResult = try ask(.backendsList)
            findings.backends = backends.backends
            let hasLMStudio = findings.backends.contains {
                $0.kind == "lmstudio" && $0.state == "up"
            }
            findings.isLMStudioRunning = !hasLMStudio && LMStudioApp.isRunning
            let models: ModelsResult = try ask(.modelsList)
            findings.models = models.models
            findings.logged = try logged(connection)
        } catch {
            findings.noDaemon = error.message
            findings.isBarred = error.code == .permission
        }
        let file = findings.status?.config ?? ConfigurationFile.found
        findings.configuration = file.map { path in
            let file = ConfigurationFile(path)
            return Findings.Configuration(
                path: path, problems: file.problems, isKeyExposed: file.isKeyExposed)
        }
        return findings
    }

    /// What the log has of warnings and errors.
    private static func logged(_ connection: DaemonConnection) throws(Failure) -> [String] {
        let id = try connection.send("\(Method.subscribe.name)", ["topics": ["log"]])
        var lines: [JSONValue]?
        while lines == nil {
            switch try connection.message() {
            case .error(let answered, let error) where DaemonConnection.concerns(answered, id):
                throw Failure(answer: error)
            case .notification(_, let params):
                lines = params["data"]?["snapshot"]?["lines"]?.arrayValue ?? []
            default: continue
            }
        }
        return (lines ?? []).filter {
            ["warning", "error"].contains($0["level"]?.stringValue ?? "")
        }.compactMap { $0["message"]?.stringValue }
    }

    /// The command that starts the daemon where systemd knows it.
    private static func unit() -> String? {
        let folders = ["/usr/local/lib", "/usr/lib", "/etc"]
        let name = "crowd-models-executor.socket"
        if folders.contains(where: { unsafe access("\($0)/systemd/user/\(name)", F_OK) == 0 }) {
            return "systemctl --user enable --now \(name)"
        }
        if folders.contains(where: { unsafe access("\($0)/systemd/system/\(name)", F_OK) == 0 }) {
            return "systemctl enable --now \(name)"
        }
        return nil
    }
}
