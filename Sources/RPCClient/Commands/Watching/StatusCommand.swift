import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let status = Command(
        "status", "show what the daemon is and does", examples: ["crowd-models status"]
    ) { (session) throws(Failure) in
        try session.show(.status) { (status: StatusResult) in
            StatusView.lines(status, session.output.layout)
        }
    }
}
