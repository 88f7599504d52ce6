import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let status = Command(
        "status", "show what the daemon is and does", examples: ["crowd-models status"]
    ) { (session) throws(Failure) in
        try session.show(.status) { (status: StatusResult) in
            var listing = Listing()
            listing.append("daemon", "\(status.name) \(status.version)")
            listing.append("pid", "\(status.pid)")
            listing.append("up", Units.seconds(status.uptimeSeconds))
            listing.append("socket", status.socket)
            listing.append("configuration", status.config ?? "none, built-in defaults")
            listing.append("running", "\(status.inFlight) requests")
            listing.append("queued", "\(status.queued) requests")
            listing.append("connections", "\(status.connections)")
            let counts = status.backends.filter { $0.value > 0 }.sorted { $0.key < $1.key }
                .map { "\($0.value) \($0.key)" }
            listing.append("backends", counts.isEmpty ? "none" : counts.joined(separator: ", "))
            for limit in status.limits {
                listing.append(limit.name, limitText(limit.name, limit.value))
            }
            return listing.lines(session.output.style)
        }
    }

    private static func limitText(_ name: String, _ value: Double) -> String {
        if name.contains("bytes") { return Units.bytes(value) }
        return name == "write_stall" ? Units.seconds(value) : Units.fixed(value, 0)
    }
}
