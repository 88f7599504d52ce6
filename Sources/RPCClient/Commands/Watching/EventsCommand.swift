import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let events = Command(
        "events", "follow what happens, until Ctrl-C", arguments: "[TOPIC…]",
        words: 0...eventTopics.count,
        options: [
            Option("interval", "i", "S", "seconds between two events of stats, 1 if not given")
        ],
        details: """
            Topics: \(eventTopics.joined(separator: ", ")); without one \
            \(usualTopics.joined(separator: ", ")).
            First comes how things stand, then a line that says so, then each change with its time.
            `events log` follows the daemon's log. With --json each event is one line.
            """,
        examples: [
            "crowd-models events", "crowd-models events log", "crowd-models --json events stats",
        ],
        run: runEvents)

    private static let eventTopics: [String] = {
        guard case .strings(let words)? = SubscribeMethod.parameters.first?.type else { return [] }
        return words
    }()
    private static let usualTopics = ["models", "backends", "requests"]

    private static func runEvents(_ session: Session) throws(Failure) {
        let topics = session.words.isEmpty ? usualTopics : session.words
        for topic in topics where !eventTopics.contains(topic) {
            throw Failure(
                .usage,
                "unknown topic \"\(topic)\"; there are \(eventTopics.joined(separator: ", "))")
        }
        var params: JSONObject = ["topics": .array(topics.map(JSONValue.string))]
        params["interval_ms"] = try session.invocation.number("interval")
            .map { .integer(Int(clamping: Int64(min(max($0, 0), 1e9) * 1000))) }
        let connection = try session.connect()
        // A snapshot of each topic comes first.
        var snapshots = topics.count
        let id = try connection.send("\(Method.subscribe.name)", .object(params))
        while true {
            if !connection.isReady { try session.output.flush() }
            switch try connection.message() {
            case .error(let answered, let error) where DaemonConnection.concerns(answered, id):
                throw Failure(answer: error)
            case .notification(let method, let params)
            where method == "\(ServerNotification.event.name)":
                try show(params, session)
                snapshots -= 1
                if snapshots == 0, !session.isJSON {
                    let style = session.output.layout.style
                    session.output.appendLine(style.dim("from here on as it happens"))
                }
            default: continue
            }
        }
    }

    private static func show(_ params: JSONValue, _ session: Session) throws(Failure) {
        let event = try SubscriptionEvent(answer: params)
        if session.isJSON {
            session.output.appendLine(json: params)
        } else {
            let layout = session.output.layout
            for line in EventText.lines(event, LocalTime.clock) {
                session.output.append(lines: Paragraph.lines(line, layout))
            }
        }
        if let reason = event.data["ended"]?["reason"]?.stringValue {
            try session.output.flush()
            throw Failure(.failed, "the subscription ended: \(reason)")
        }
    }
}
