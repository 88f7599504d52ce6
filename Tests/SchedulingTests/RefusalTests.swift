import Scheduling
import Testing

@Suite struct RefusalTests {
    let window = SchedulingLimits.rateWindow

    @Test func `a full queue refuses with what it holds and when to come back`() {
        var queue = BackendQueue.occupied()
        queue.queueMax = 2
        _ = queue.arrived(QueueTicket(1), now: start)
        _ = queue.arrived(QueueTicket(2), now: start)
        let unknown = SchedulingLimits.retryAfterUnknown
        #expect(
            queue.arrived(QueueTicket(3), now: start)
                == .refused(.busy(queued: 2, limit: 2, retryAfter: unknown)))
        queue.finished(0, now: start + 6 * second)
        #expect(queue.allNext(now: start + 6 * second) == [1])
        _ = queue.arrived(QueueTicket(4), now: start + 6 * second)
        #expect(
            queue.arrived(QueueTicket(5), now: start + 6 * second)
                == .refused(.busy(queued: 2, limit: 2, retryAfter: 6 * second)))
        queue.maxConcurrent = 3
        #expect(queue.allNext(now: start + 6 * second) == [2, 4])
    }

    @Test func `a queue of no places takes what can start at once`() {
        var queue = BackendQueue(maxConcurrent: 1, queueMax: 0)
        #expect(queue.arrived(QueueTicket(1), now: start) == .started)
        #expect(
            queue.arrived(QueueTicket(2), now: start)
                == .refused(
                    .busy(queued: 0, limit: 0, retryAfter: SchedulingLimits.retryAfterUnknown)))
    }

    @Test func `the default queue holds its named limit`() {
        var queue = BackendQueue.occupied()
        for key in 1...UInt64(SchedulingLimits.queueMax) {
            #expect(queue.arrived(QueueTicket(key), now: start) == .queued(position: Int(key)))
        }
        guard case .refused(.busy(256, 256, _)) = queue.arrived(QueueTicket(999), now: start) else {
            Issue.record("one more than the limit was taken")
            return
        }
    }

    @Test func `retry-after is never shorter than its minimum`() {
        var queue = BackendQueue(maxConcurrent: 1, queueMax: 0)
        queue.learn(seconds: 0)
        _ = queue.arrived(QueueTicket(1), now: start)
        #expect(
            queue.arrived(QueueTicket(2), now: start)
                == .refused(.busy(queued: 0, limit: 0, retryAfter: SchedulingLimits.retryAfterMin)))
    }

    @Test func `a rate limit lets all of it start at once and the rest wait for the window`() {
        var queue = BackendQueue(maxConcurrent: 10, rateLimit: 3)
        for key in 1...3 as ClosedRange<UInt64> {
            #expect(queue.arrived(QueueTicket(key), now: start + key) == .started)
            queue.finished(key, now: start + key)
        }
        #expect(queue.arrived(QueueTicket(4), now: start + second) == .queued(position: 1))
        #expect(queue.arrived(QueueTicket(5), now: start + second) == .queued(position: 2))
        #expect(
            queue.wakesAt(now: start + second) == start + SchedulingLimits.evictionPatience + second
        )
        let patience = start + SchedulingLimits.evictionPatience + second
        #expect(queue.wakesAt(now: patience) == start + 1 + window)
        #expect(queue.next(now: start + window) == nil)
        #expect(queue.allNext(now: start + 1 + window) == [4])
        #expect(queue.allNext(now: start + 2 + window) == [5])
    }

    @Test func `a rate wait past the expiry is refused with when a start is free`() {
        var queue = BackendQueue(maxConcurrent: 10, rateLimit: 1)
        _ = queue.arrived(QueueTicket(1), now: start)
        let retry = QueueRefusal.rateLimited(retryAfter: window - second)
        #expect(queue.arrived(QueueTicket(2, timeout: 60), now: start + second) == .refused(retry))
        #expect(queue.arrived(QueueTicket(3, deadline: 60), now: start + second) == .refused(retry))
        #expect(
            queue.arrived(QueueTicket(4, timeout: 61), now: start + second) == .queued(position: 1))
        #expect(
            queue.arrived(QueueTicket(5, timeout: 61), now: start + second)
                == .refused(.rateLimited(retryAfter: 2 * window - second)))
    }

    @Test func `a cancelled start still counts for the rate`() {
        var queue = BackendQueue(maxConcurrent: 1, rateLimit: 1)
        _ = queue.arrived(QueueTicket(1), now: start)
        queue.withdrawn(1)
        #expect(queue.arrived(QueueTicket(2), now: start) == .queued(position: 1))
        #expect(queue.next(now: start) == nil)
    }

    @Test func `a rate limit changed on the way counts what has started`() {
        var queue = BackendQueue(maxConcurrent: 9, rateLimit: 3)
        for key in 1...3 as ClosedRange<UInt64> {
            _ = queue.arrived(QueueTicket(key), now: start + key)
        }
        queue.rateLimit = 4
        #expect(queue.arrived(QueueTicket(4), now: start + 4) == .started)
        #expect(queue.arrived(QueueTicket(5), now: start + 5) == .queued(position: 1))
        queue.rateLimit = 2
        #expect(queue.next(now: start + 2 + window) == nil)
        #expect(queue.next(now: start + 3 + window) == 5)
        queue.rateLimit = nil
        #expect(queue.arrived(QueueTicket(6), now: start + 6) == .started)
    }

    @Test func `a deadline before the predicted end is refused with both times`() {
        var queue = BackendQueue(maxConcurrent: 1)
        queue.learn(seconds: 8)
        #expect(
            queue.arrived(QueueTicket(1, deadline: 7), now: start)
                == .refused(.deadlineUnreachable(predicted: 8 * second, retryAfter: second)))
        #expect(queue.arrived(QueueTicket(2, deadline: 8), now: start) == .started)
        #expect(
            queue.arrived(QueueTicket(3, deadline: 10), now: start)
                == .refused(.deadlineUnreachable(predicted: 16 * second, retryAfter: 6 * second)))
        #expect(queue.arrived(QueueTicket(4, deadline: 16), now: start) == .queued(position: 1))
        #expect(
            queue.arrived(QueueTicket(5, deadline: 16), now: start)
                == .refused(.deadlineUnreachable(predicted: 24 * second, retryAfter: 8 * second)))
    }

    @Test func `what an idle backend once took does not refuse deadlines for ever`() {
        var queue = BackendQueue(maxConcurrent: 1)
        queue.learn(seconds: 90)
        let forgotten = start + SchedulingLimits.serviceTimeMemory
        func ticket(_ key: UInt64) -> QueueTicket {
            QueueTicket(key: key, model: "a", expiresAt: .max, deadline: forgotten + 10 * second)
        }
        #expect(
            queue.arrived(ticket(1), now: forgotten - 1)
                == .refused(
                    .deadlineUnreachable(predicted: 90 * second, retryAfter: 80 * second - 1)))
        #expect(queue.arrived(ticket(2), now: forgotten) == .started)
    }

    @Test func `waits are predicted from slots, positions and models`() {
        var queue = BackendQueue(maxConcurrent: 2, evictsModels: true)
        queue.modelsChanged(loaded: ["a"])
        #expect(queue.predictedService(now: start) == nil)
        queue.learn(seconds: 8)
        #expect(queue.predictedService(now: start) == 8 * second)
        #expect(queue.predictedWait(model: "b", now: start) == 0)
        _ = queue.arrived(QueueTicket(1), now: start)
        #expect(queue.predictedWait(model: "a", now: start) == 0)
        #expect(queue.predictedWait(model: "b", now: start) == 8 * second)
        _ = queue.arrived(QueueTicket(2), now: start)
        #expect(queue.predictedWait(model: "a", now: start) == 4 * second)
        _ = queue.arrived(QueueTicket(3, "a", .batch), now: start)
        #expect(queue.predictedWait(model: "a", now: start) == 4 * second)
        #expect(queue.predictedWait(model: "a", priority: .batch, now: start) == 8 * second)
    }
}
