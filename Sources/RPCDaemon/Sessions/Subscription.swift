import Configuration
package import CrowdModelsProtocol
import Kernel

/// One client's wish to hear of changes: how things stand first, then each change, numbered.
///
/// Its conversation keeps it. A client that does not read loses it with a last event that says why,
/// and not the daemon its memory.
final class Subscription {
    let id: String
    let topics: [Topic]
    /// Where it stands in each topic's audience; empty once it has ended.
    var places: [Int] = []
    private unowned let conversation: Conversation
    private var sequence = 0
    private let interval: UInt64
    private lazy var timer = Timer { [unowned self] in desk.feed.due(self) }

    init(
        _ conversation: Conversation, id: String, topics: [Topic], intervalMilliseconds: Int
    ) {
        self.conversation = conversation
        self.id = id
        self.topics = topics
        interval = UInt64(intervalMilliseconds) * 1_000_000
    }

    private var desk: Desk { conversation.desk }

    /// Tells how things stand, topic by topic, and joins the audiences.
    func start() {
        for topic in topics {
            send(topic, .snapshot) { desk.service.writeSnapshot(of: topic, to: &$0) }
        }
        desk.feed.add(self)
        if topics.contains(.stats) { setTimer() }
    }

    func setTimer() {
        if !places.isEmpty { desk.loop.set(timer, after: interval) }
    }

    /// Tells a change; ends the subscription instead if its client reads too slowly.
    func tell(_ topic: Topic, _ change: Span<UInt8>) {
        guard !conversation.isFull else {
            return end(
                "more than \(desk.limits.outputPauseBytes) bytes wait to be read; subscribe again "
                    + "and read faster, or to less")
        }
        send(topic, .change) { $0.append(change) }
        conversation.told()
    }

    /// More has changed than could be told to so many.
    func endForMissing() {
        end("more changed at once than could be told; subscribe again to hear how things stand")
    }

    /// Tells nothing more.
    func stop() {
        desk.loop.cancel(timer)
        desk.feed.remove(self)
    }

    private func end(_ reason: String) {
        send(topics[0], .ended) {
            SubscriptionEnd(reason: reason, limit: "output_bytes_max").write(to: &$0)
        }
        conversation.told()
        conversation.drop(self)
    }

    private func send(
        _ topic: Topic, _ news: SubscriptionEvent.News, _ write: (inout ByteBuffer) -> Void
    ) {
        let number = sequence
        sequence += 1
        conversation.output.append(notification: ServerNotification.event.name) { out in
            SubscriptionEvent.write(
                news, subscription: id, sequence: number, topic: topic.rawValue, to: &out, write)
        }
    }
}

extension Conversation {
    /// `subscribe`: answers with the subscription's name, then tells how things stand.
    func subscribe(_ call: Call, _ id: Span<UInt8>, _ line: Span<UInt8>) throws(Fault) {
        guard call.canStream else {
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
        let interval = call.arguments[1]
        let subscription = Subscription(
            self, id: nextSubscriptionName(),
            topics: try Self.topics(line.extracting(call.arguments[0].bounds)),
            intervalMilliseconds: interval.isPresent
                ? JSONText.integer(line.extracting(interval.bounds))
                    ?? SubscribeMethod.intervalMillisecondsDefault
                : SubscribeMethod.intervalMillisecondsDefault)
        let mark = output.count
        output.append(answerTo: id) {
            SubscribeResult(subscription: subscription.id).write(to: &$0)
        }
        output.append(UInt8(ascii: "\n"))
        subscription.start()
        let size = output.count - mark
        if output.count > desk.limits.outputBytesMax {
            output.truncate(to: mark)
            subscription.stop()
            throw tooLarge(size)
        }
        subscriptions.append(subscription)
    }

    /// Names in one list of topics: there are five, and each counts once.
    private static let topicsMax = 64

    /// The topics of an array of names that was checked, each once.
    package static func topics(_ names: Span<UInt8>) throws(Fault) -> [Topic] {
        var topics: [Topic] = []
        var reader = JSONElementReader(from: 0)
        var count = 0
        while let name = (try? reader.next(in: names)) ?? nil {
            count += 1
            if count > topicsMax {
                throw Fault(
                    .invalidParams, "`topics` of `subscribe` names more than \(topicsMax)",
                    data: ["parameter": "topics"])
            }
            let token = names.extracting(name.bounds)
            let topic = Topic.allCases.first { JSONText.string(token, reads: $0.rawValue) }
            if let topic, !topics.contains(topic) { topics.append(topic) }
        }
        return topics
    }

    /// Forgets a subscription.
    func drop(_ subscription: Subscription) {
        guard let index = subscriptions.firstIndex(where: { $0 === subscription }) else { return }
        subscription.stop()
        subscriptions.remove(at: index)
    }
}
