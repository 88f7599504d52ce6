package import CrowdModelsProtocol
import Kernel

/// What subscribers hear: changes go in once, and come out at each who listens.
///
/// A change is written when it is published and copied to its listeners at the end of the turn, as
/// many as the turn has time for, the rest in the next ones. Who subscribes later has it in its
/// snapshot. What waits is bounded: beyond `waitingBytesMax` the topic's listeners are told that
/// they have missed something, instead of what.
package final class Feed: TurnWork, Continuation {
    /// Bytes of changes that wait to be copied: some 3,000 of usual size, more than a daemon
    /// publishes in a second.
    static let waitingBytesMax = 1 << 20

    /// Something that waits to be told.
    private struct News {
        enum Kind {
            case change([UInt8])
            case missed
            case tick(Subscription)
        }

        let kind: Kind
        let topic: Topic
        /// The next listener, and one past the last.
        var next: Int
        let end: Int
    }

    /// Those who listen to a topic, in the order in which they came; nil where one has gone.
    private struct Audience {
        var listeners: [Subscription?] = []
        var gone = 0
        /// Those before this one are about to be told that they have missed something.
        var missing = 0
    }

    private unowned let desk: Desk
    private var audiences = [Audience](repeating: Audience(), count: Topic.allCases.count)
    private var news: [News] = []
    /// Bytes of changes that wait.
    private var waitingBytes = 0
    private var isScheduled = false
    /// The numbers as of `statsTurn`, which all who are due in that turn get.
    private var stats: [UInt8] = []
    private var statsTurn: UInt64 = 0

    init(_ desk: Desk) {
        self.desk = desk
    }

    /// Whether anybody listens to `topic`: whoever publishes asks first.
    package func isHeard(_ topic: Topic) -> Bool {
        audiences[topic.index].listeners.count > audiences[topic.index].gone
    }

    /// Tells a change, which `write` appends, to all who listen to `topic` now.
    package func publish(_ topic: Topic, _ write: (inout ByteBuffer) -> Void) {
        guard isHeard(topic) else { return }
        let end = audiences[topic.index].listeners.count
        let next = audiences[topic.index].missing
        if next == end { return }
        if waitingBytes <= Self.waitingBytesMax {
            var text = ByteBuffer()
            write(&text)
            waitingBytes += text.count
            add(News(kind: .change(text.bytes), topic: topic, next: next, end: end))
        } else {
            miss(topic)
        }
    }

    /// More has changed than is told to those who listen to `topic` now.
    package func miss(_ topic: Topic) {
        let end = audiences[topic.index].listeners.count
        let next = audiences[topic.index].missing
        if next == end { return }
        audiences[topic.index].missing = end
        add(News(kind: .missed, topic: topic, next: next, end: end))
    }

    private func add(_ item: News) {
        news.append(item)
        if isScheduled { return }
        isScheduled = true
        desk.loop.atEndOfTurn(self)
    }

    // MARK: Subscriptions

    func add(_ subscription: Subscription) {
        for topic in subscription.topics {
            subscription.places.append(audiences[topic.index].listeners.count)
            audiences[topic.index].listeners.append(subscription)
        }
    }

    func remove(_ subscription: Subscription) {
        for (topic, place) in zip(subscription.topics, subscription.places) {
            audiences[topic.index].listeners[place] = nil
            audiences[topic.index].gone += 1
            if !isScheduled { tidy(topic) }
        }
        subscription.places = []
    }

    /// A subscription's time to hear numbers has come.
    func due(_ subscription: Subscription) {
        add(News(kind: .tick(subscription), topic: .stats, next: 0, end: 1))
    }

    /// Takes those who have gone out of the audience. Only while nothing waits: what waits says who
    /// is to hear it by their places.
    private func tidy(_ topic: Topic) {
        guard audiences[topic.index].gone * 2 > audiences[topic.index].listeners.count else {
            return
        }
        let stay = audiences[topic.index].listeners.compactMap { $0 }
        audiences[topic.index] = Audience(listeners: stay)
        for (place, subscription) in stay.enumerated() {
            if let index = subscription.topics.firstIndex(of: topic) {
                subscription.places[index] = place
            }
        }
    }

    // MARK: Telling

    package func endOfTurn() {
        tell()
    }

    package func continueTurn() {
        tell()
    }

    private func tell() {
        var budget = TurnBudget()
        var done = 0
        while done < news.count {
            let item = news[done]
            var next = item.next
            while next < item.end {
                let work = tell(item, next)
                next += 1
                if !budget.spend(work, of: desk.loop), next < item.end || done + 1 < news.count {
                    news[done].next = next
                    news.removeFirst(done)
                    return desk.loop.inNextTurn(self)
                }
            }
            if case .change(let text) = item.kind { waitingBytes -= text.count }
            if case .missed = item.kind { audiences[item.topic.index].missing = 0 }
            done += 1
        }
        news.removeAll(keepingCapacity: done < 64)
        stats = []
        isScheduled = false
        for topic in Topic.allCases { tidy(topic) }
    }

    /// Tells one listener; how many bytes of work that was.
    private func tell(_ item: News, _ place: Int) -> Int {
        switch item.kind {
        case .change(let text):
            guard let listener = audiences[item.topic.index].listeners[place] else { return 8 }
            listener.tell(item.topic, text.span)
            return text.count + 256
        case .missed:
            guard let listener = audiences[item.topic.index].listeners[place] else { return 8 }
            listener.endForMissing()
            return 512
        case .tick(let subscription):
            if subscription.places.isEmpty { return 8 }
            if stats.isEmpty || statsTurn != desk.loop.now {
                var text = ByteBuffer()
                desk.service.writeSnapshot(of: .stats, to: &text)
                stats = text.bytes
                statsTurn = desk.loop.now
            }
            let stats = stats
            subscription.tell(.stats, stats.span)
            subscription.setTimer()
            return stats.count + 256
        }
    }
}

extension Topic {
    fileprivate var index: Int {
        switch self {
        case .models: 0
        case .backends: 1
        case .requests: 2
        case .stats: 3
        case .log: 4
        }
    }
}
