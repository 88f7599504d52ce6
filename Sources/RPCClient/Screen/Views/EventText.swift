package import CrowdModelsProtocol

/// An event of a subscription as lines for a person.
package enum EventText {
    /// One line for each thing that the event tells of. What a newer daemon tells in another shape
    /// is shown as the JSON it is. `clock` writes a moment, the present for nil.
    package static func lines(
        _ event: SubscriptionEvent, _ clock: (Double?) -> String
    ) -> [String] {
        if event.topic == "log", let lines = event.data["snapshot"]?["lines"]?.arrayValue {
            return lines.map { line in
                Printable.escaping("\(clock(line["time"]?.doubleValue)) log: \(logLine(line))")
            }
        }
        let time = clock(event.data["change"]?["time"]?.doubleValue)
        let texts: [String]
        do throws(ShapeError) {
            if let snapshot = event.data["snapshot"] {
                texts = try snapshotLines(event.topic, snapshot)
            } else if let change = event.data["change"] {
                texts = [try changeText(event.topic, change)]
            } else {
                texts = []
            }
        } catch {
            texts = [event.data.text]
        }
        return texts.map { Printable.escaping("\(time) \(event.topic): \($0)") }
    }

    private static func snapshotLines(
        _ topic: String, _ snapshot: JSONValue
    ) throws(ShapeError) -> [String] {
        let lines: [String]
        switch topic {
        case "models": lines = try ModelsResult(json: snapshot).models.map(model)
        case "backends": lines = try BackendsResult(json: snapshot).backends.map(backend)
        case "requests": lines = try RequestsResult(json: snapshot).requests.map(request)
        case "stats": lines = [stats(try StatsResult(json: snapshot))]
        default: lines = [snapshot.text]
        }
        return lines.isEmpty ? ["none"] : lines
    }

    private static func changeText(
        _ topic: String, _ change: JSONValue
    ) throws(ShapeError) -> String {
        let kind = change["kind"]?.stringValue ?? "changed"
        switch topic {
        case "models":
            return "\(kind) \(model(try ModelDescription(json: change["model"] ?? .null)))"
        case "backends":
            return "\(kind) \(backend(try BackendDescription(json: change["backend"] ?? .null)))"
        case "requests":
            return "\(kind) \(request(try RequestDescription(json: change["request"] ?? .null)))"
        case "stats": return stats(try StatsResult(json: change))
        case "log": return logLine(change)
        default: return change.text
        }
    }

    private static func model(_ model: ModelDescription) -> String {
        "\(model.id) \(model.state) on \(model.backend)"
    }

    private static func backend(_ backend: BackendDescription) -> String {
        "\(backend.name) \(backend.state)" + (backend.lastError.map { ": \($0)" } ?? "")
    }

    private static func request(_ request: RequestDescription) -> String {
        var text = "\(request.key) \(request.phase)"
        if let position = request.position { text += " at place \(position)" }
        if let model = request.model { text += ", \(model)" }
        if let backend = request.backend { text += " on \(backend)" }
        return text + ", for \(request.client)"
    }

    private static func stats(_ stats: StatsResult) -> String {
        let requests = stats.all.requests
        let counts =
            "\(stats.inFlight) running, \(stats.queued) queued, \(requests["total"] ?? 0) ended, "
            + "\(requests["failed"] ?? 0) failed"
        return counts + (stats.all.tokensPerSecond.p50.map { ", \(Units.speed($0))" } ?? "")
    }

    private static func logLine(_ line: JSONValue) -> String {
        "\(line["level"]?.stringValue ?? "info"): \(line["message"]?.stringValue ?? line.text)"
    }
}
