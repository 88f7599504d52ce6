import CrowdModelsProtocol

/// An event of a subscription as lines for a person.
enum EventText {
    /// One line for each thing that the event tells of.
    static func lines(_ event: JSONValue) -> [String] {
        let topic = event.text("topic") ?? "?"
        if let snapshot = event["data"]?["snapshot"] {
            return snapshotLines(topic, snapshot).map { Printable.escaping("\(topic): \($0)") }
        }
        guard let change = event["data"]?["change"] else { return [] }
        return [Printable.escaping("\(topic): \(changeText(topic, change))")]
    }

    private static func snapshotLines(_ topic: String, _ snapshot: JSONValue) -> [String] {
        switch topic {
        case "stats": return [stats(snapshot)]
        case "log": return (snapshot["lines"]?.arrayValue ?? []).map(logLine)
        default:
            let things = snapshot[topic]?.arrayValue ?? []
            return things.isEmpty ? ["none"] : things.map { thing(topic, $0) }
        }
    }

    private static func changeText(_ topic: String, _ change: JSONValue) -> String {
        switch topic {
        case "stats": return stats(change)
        case "log": return logLine(change)
        default:
            let kind = change.text("kind") ?? "changed"
            let member = String(topic.dropLast())
            return "\(kind) \(thing(topic, change[member] ?? [:]))"
        }
    }

    private static func thing(_ topic: String, _ value: JSONValue) -> String {
        let parts: [String?] =
            switch topic {
            case "models":
                [value.text("id"), value.text("state"), value.text("backend").map { "on \($0)" }]
            case "backends":
                [value.text("name"), value.text("state"), value.text("last_error")]
            default:
                [
                    value.text("key"), value.text("phase"),
                    value.text("position").map { "place \($0)" }, value.text("model"),
                    value.text("backend").map { "on \($0)" }, value.text("client"),
                ]
            }
        return parts.compactMap(\.self).joined(separator: " ")
    }

    private static func stats(_ value: JSONValue) -> String {
        let requests = value["requests"] ?? [:]
        var parts = [
            "\(value.text("in_flight") ?? "0") running", "\(value.text("queued") ?? "0") queued",
            "\(requests.text("total") ?? "0") ended", "\(requests.text("failed") ?? "0") failed",
        ]
        if let speed = value["tokens_per_second"]?["p50"]?.doubleValue {
            parts.append("\(Units.fixed(speed, 1)) tok/s")
        }
        return parts.joined(separator: ", ")
    }

    private static func logLine(_ value: JSONValue) -> String {
        "\(value.text("level") ?? "info"): \(value.text("message") ?? "")"
    }
}
