import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let ping = Command(
        "ping", "ask whether the daemon is there",
        details: "Exit 0 if it answers, 69 if it does not.",
        examples: ["crowd-models ping", "crowd-models --timeout 1 ping && echo up"]
    ) { (session) throws(Failure) in
        let start = MonotonicTime.now
        let result = try session.call(.ping)
        let seconds = Double(MonotonicTime.now - start) / 1e9
        if session.isJSON {
            session.output.appendLine(json: result)
        } else {
            session.output.appendLine("the daemon answers (\(Units.seconds(seconds)))")
        }
        try session.output.flush()
    }
}
