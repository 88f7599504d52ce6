import Configuration
import CrowdModelsProtocol
import Kernel
import Telemetry

/// What a client can hear about.
enum Topic: String, CaseIterable {
    case models, backends, requests, stats, log
}

/// One client's wish to hear of changes: how things stand first, then each change, numbered.
///
/// Its connection keeps it. A client that does not read loses it with a last event that says why,
/// and not the daemon its memory.
final class Subscription {
    let id: String
    let topics: [Topic]
    private unowned let connection: Connection
    private var sequence = 0
    private let interval: UInt64
    private lazy var timer = Timer { [unowned self] in tick() }

    init(_ connection: Connection, id: String, topics: [Topic], intervalMilliseconds: Int) {
        self.connection = connection
        self.id = id
        self.topics = topics
        interval = UInt64(intervalMilliseconds) * 1_000_000
    }

    private var daemon: Daemon { connection.daemon }

    /// Tells how things stand, topic by topic.
    func start() {
        let daemon = daemon
        for topic in topics {
            send(topic, "snapshot") { out in
                switch topic {
                case .models: daemon.writeModels(ModelFilter(), to: &out)
                case .backends: daemon.writeBackends(to: &out)
                case .requests: daemon.writeRequests(to: &out)
                case .stats: daemon.writeStats(StatsQuery(), to: &out)
                case .log: daemon.log.writeLastLines(to: &out)
                }
            }
        }
        if topics.contains(.stats) { daemon.loop.set(timer, after: interval) }
    }

    /// Tells a change; ends the subscription instead if its client reads too slowly.
    func tell(_ topic: Topic, _ write: (inout ByteBuffer) -> Void) {
        guard topics.contains(topic) else { return }
        let limit = daemon.limits.outputPauseBytes
        guard connection.output.count <= limit else { return endForSlowness(limit) }
        send(topic, "change", write)
    }

    /// Tells nothing more.
    func stop() {
        daemon.loop.cancel(timer)
    }

    private func tick() {
        let daemon = daemon
        tell(.stats) { daemon.writeStats(StatsQuery(), to: &$0) }
        if connection.subscriptions.contains(where: { $0 === self }) {
            daemon.loop.set(timer, after: interval)
        }
    }

    private func endForSlowness(_ limit: Int) {
        let reason =
            "more than \(limit) bytes wait to be read; subscribe again and read faster, or to less"
        send(topics[0], "ended") { out in
            out.append("{\"reason\":")
            out.append(string: reason)
            out.append(",\"limit\":\"output_bytes_max\"}")
        }
        connection.drop(self)
    }

    private func send(
        _ topic: Topic, _ what: StaticString, _ write: (inout ByteBuffer) -> Void
    ) {
        let number = sequence
        sequence += 1
        let id = id
        connection.output.append(notification: "event") { out in
            out.append("{\"subscription\":")
            out.append(string: id)
            out.append(",\"seq\":")
            out.append(decimal: number)
            out.append(",\"topic\":\"")
            out.append(utf8: topic.rawValue)
            out.append("\",\"data\":{\"")
            out.append(what)
            out.append("\":")
            write(&out)
            out.append("}}")
        }
        connection.scheduleFlush()
    }
}

extension Connection {
    /// `subscribe`: answers with the subscription's name, then tells how things stand.
    func subscribe(_ call: Call, _ id: Span<UInt8>, _ line: Span<UInt8>) throws(Fault) {
        if call.batch != nil || RequestID.isNull(id) {
            throw Fault(
                .invalidRequest,
                "`subscribe` needs an id that is not null, and cannot stand in a batch")
        }
        let limit = SubscribeMethod.subscriptionsPerConnectionMax
        guard subscriptions.count < limit else {
            throw Fault(
                .limitExceeded,
                "this connection has \(limit) subscriptions, as many as may be "
                    + "(subscriptions_per_connection_max); unsubscribe from one first",
                data: ["limit": "subscriptions_per_connection_max", "value": .integer(limit)])
        }
        var topics: [Topic] = []
        let names = (try? JSONValue(parsing: line.extracting(call.arguments[0].bounds))) ?? .null
        for name in names.arrayValue ?? [] {
            let topic = name.stringValue.flatMap(Topic.init)
            if let topic, !topics.contains(topic) { topics.append(topic) }
        }
        let interval =
            call.arguments[1].isPresent
            ? JSONText.integer(line.extracting(call.arguments[1].bounds)) : nil
        let subscription = Subscription(
            self, id: nextSubscriptionName(), topics: topics,
            intervalMilliseconds: interval ?? SubscribeMethod.intervalMillisecondsDefault)
        answer(id, nil) { out in
            out.append("{\"subscription\":")
            out.append(string: subscription.id)
            out.append("}")
        }
        subscriptions.append(subscription)
        daemon.subscriptionsChanged(by: 1)
        subscription.start()
    }

    /// `unsubscribe`: ends a subscription of this connection; false where there is none.
    func unsubscribe(_ name: String) -> Bool {
        guard let subscription = subscriptions.first(where: { $0.id == name }) else { return false }
        drop(subscription)
        return true
    }

    /// Forgets a subscription.
    func drop(_ subscription: Subscription) {
        guard let index = subscriptions.firstIndex(where: { $0 === subscription }) else { return }
        subscription.stop()
        subscriptions.remove(at: index)
        daemon.subscriptionsChanged(by: -1)
    }
}

extension Daemon {
    /// Tells a change to all who subscribed to that topic; `write` is called once for each.
    func publish(_ topic: Topic, _ write: (inout ByteBuffer) -> Void) {
        guard hasSubscribers else { return }
        for connection in connections.values where !connection.subscriptions.isEmpty {
            for subscription in connection.subscriptions { subscription.tell(topic, write) }
        }
    }

    /// A request came, changed its phase, or was answered.
    func publishRequest(_ completion: Completion, _ kind: StaticString) {
        publish(.requests) { out in
            out.append("{\"kind\":\"")
            out.append(kind)
            out.append("\",\"request\":")
            completion.write(to: &out)
            out.append("}")
        }
    }

    /// A backend, and with it perhaps its models, is not what it was.
    func backendChanged(_ lane: BackendLane) {
        guard hasSubscribers else { return }
        publish(.backends) { out in
            out.append("{\"kind\":\"changed\",\"backend\":")
            lane.write(to: &out)
            out.append("}")
        }
    }

    /// A model came, changed or went.
    func publishModel(_ found: FoundModel, _ kind: StaticString) {
        publish(.models) { out in
            out.append("{\"kind\":\"")
            out.append(kind)
            out.append("\",\"model\":")
            write(found, to: &out)
            out.append("}")
        }
    }
}
