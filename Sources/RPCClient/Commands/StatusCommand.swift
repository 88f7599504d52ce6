import CrowdModelsProtocol

extension Command {
    static let status = Command(
        "status", "show what the daemon is and does", examples: ["crowd-models status"]
    ) { (session) throws(Failure) in
        try session.show(.status) { status in
            var listing = Listing()
            let version = status.text("version") ?? "?"
            listing.append("daemon", "\(status.text("name") ?? "?") \(version)")
            listing.append("pid", status.text("pid"))
            listing.append("up", status["uptime_seconds"]?.doubleValue.map(Units.seconds))
            listing.append("socket", status.text("socket"))
            listing.append("configuration", status.text("config"))
            listing.append("running", status.text("in_flight").map { "\($0) requests" })
            listing.append("queued", status.text("queued").map { "\($0) requests" })
            listing.append("connections", status.text("connections"))
            let states = status["backends"]?.objectValue?.members ?? []
            let counts = states.filter { $0.value.integerValue != 0 }
                .map { "\($0.value.integerValue ?? 0) \($0.name)" }
            listing.append("backends", counts.isEmpty ? "none" : counts.joined(separator: ", "))
            for limit in status["limits"]?.objectValue?.members ?? [] {
                listing.append(limit.name, limitText(limit.name, limit.value))
            }
            return listing.lines(session.output.style)
        }
    }

    private static func limitText(_ name: String, _ value: JSONValue) -> String? {
        guard let number = value.doubleValue else { return value.stringValue }
        if name.contains("bytes") { return Units.bytes(number) }
        return name == "write_stall" ? Units.seconds(number) : Units.fixed(number, 0)
    }
}
