import Scheduling
import Testing

@Suite struct BackendQueueTests {
    @Test func `a free slot starts a request at once and next does not name it again`() {
        var queue = BackendQueue(maxConcurrent: 2)
        #expect(queue.arrived(QueueTicket(1), now: start) == .started)
        #expect(queue.arrived(QueueTicket(2), now: start) == .started)
        #expect(queue.next(now: start) == nil)
        #expect(queue.inFlight == 2)
        #expect(queue.queued == 0)
    }

    @Test func `without a free slot requests wait and start in the order they came`() {
        var queue = BackendQueue.occupied()
        #expect(queue.arrived(QueueTicket(1), now: start) == .queued(position: 1))
        #expect(queue.arrived(QueueTicket(2), now: start) == .queued(position: 2))
        #expect(queue.next(now: start) == nil)
        queue.finished(0, now: start + second)
        #expect(queue.allNext(now: start + second) == [1])
        queue.finished(1, now: start + 2 * second)
        #expect(queue.allNext(now: start + 2 * second) == [2])
    }

    @Test func `a request never passes others that wait although a slot is free`() {
        var queue = BackendQueue.occupied()
        _ = queue.arrived(QueueTicket(1), now: start)
        queue.finished(0, now: start)
        #expect(queue.arrived(QueueTicket(2), now: start) == .queued(position: 2))
        #expect(queue.allNext(now: start) == [1])
    }

    @Test func `interactive requests go before batch ones`() {
        var queue = BackendQueue.occupied()
        _ = queue.arrived(QueueTicket(1, "a", .batch), now: start)
        _ = queue.arrived(QueueTicket(2, "a", .batch), now: start)
        #expect(queue.arrived(QueueTicket(3), now: start) == .queued(position: 1))
        #expect(queue.arrived(QueueTicket(4), now: start) == .queued(position: 2))
        #expect(queue.queuedKeys == [3, 4, 1, 2])
        queue.maxConcurrent = 5
        #expect(queue.allNext(now: start) == [3, 4, 1, 2])
    }

    @Test func `a batch request out of patience goes before fresh interactive ones`() {
        var queue = BackendQueue.occupied()
        _ = queue.arrived(QueueTicket(1, "a", .batch), now: start)
        let late = start + SchedulingLimits.evictionPatience
        _ = queue.arrived(QueueTicket(2), now: late - 1)
        #expect(queue.queuedKeys == [2, 1])
        #expect(queue.arrived(QueueTicket(3), now: late) == .queued(position: 3))
        #expect(queue.queuedKeys == [1, 2, 3])
    }

    @Test func `lowering the concurrency cancels nothing and starts nothing until it fits`() {
        var queue = BackendQueue(maxConcurrent: 3)
        for key in 1...5 as ClosedRange<UInt64> { _ = queue.arrived(QueueTicket(key), now: start) }
        queue.maxConcurrent = 1
        #expect(queue.inFlight == 3)
        queue.finished(1, now: start)
        queue.finished(2, now: start)
        #expect(queue.next(now: start) == nil)
        queue.finished(3, now: start)
        #expect(queue.allNext(now: start) == [4])
        queue.maxConcurrent = 2
        #expect(queue.allNext(now: start) == [5])
    }

    @Test func `a request can be withdrawn in every phase`() {
        var queue = BackendQueue.occupied()
        for key in 1...3 as ClosedRange<UInt64> { _ = queue.arrived(QueueTicket(key), now: start) }
        queue.withdrawn(2)
        #expect(queue.queuedKeys == [1, 3])
        #expect(queue.position(of: 3) == 2)
        #expect(queue.position(of: 2) == nil)
        queue.withdrawn(0)
        #expect(queue.inFlight == 0)
        #expect(queue.allNext(now: start) == [1])
        queue.finished(1, now: start)
        queue.withdrawn(1)
        queue.withdrawn(99)
        #expect(queue.allNext(now: start) == [3])
        queue.withdrawn(3)
        #expect(queue.inFlight == 0)
        #expect(queue.queued == 0)
    }

    @Test func `a queued request that has expired is passed over until it is withdrawn`() {
        var queue = BackendQueue.occupied()
        _ = queue.arrived(QueueTicket(1, timeout: 5), now: start)
        _ = queue.arrived(QueueTicket(2, timeout: 6), now: start)
        queue.finished(0, now: start + 5 * second)
        #expect(queue.allNext(now: start + 5 * second) == [2])
        #expect(queue.queuedKeys == [1])
        queue.withdrawn(1)
        #expect(queue.queued == 0)
    }

    @Test func `the version of the positions changes when and only when a position does`() {
        var queue = BackendQueue.occupied()
        func changes(_ event: (inout BackendQueue) -> Void) -> Bool {
            let before = queue.positionsVersion
            event(&queue)
            return queue.positionsVersion != before
        }
        #expect(!changes { _ = $0.arrived(QueueTicket(1, "a", .batch), now: start) })
        #expect(!changes { _ = $0.arrived(QueueTicket(2, "a", .batch), now: start) })
        #expect(changes { _ = $0.arrived(QueueTicket(3), now: start) })
        #expect(!changes { _ = $0.next(now: start) })
        #expect(changes { $0.withdrawn(3) })
        #expect(!changes { $0.finished(0, now: start) })
        #expect(changes { _ = $0.next(now: start) })
        #expect(!changes { $0.withdrawn(2) })
    }

    @Test func `the queue asks to be woken when somebody runs out of patience`() {
        var queue = BackendQueue.occupied()
        #expect(queue.wakesAt(now: start) == nil)
        _ = queue.arrived(QueueTicket(1, "a", .batch), now: start)
        #expect(queue.wakesAt(now: start) == nil, "one alone cannot be overtaken")
        _ = queue.arrived(QueueTicket(2), now: start + second)
        let patience = start + SchedulingLimits.evictionPatience
        #expect(queue.wakesAt(now: start + second) == patience)
        #expect(queue.next(now: patience) == nil)
        #expect(queue.queuedKeys == [1, 2])
        #expect(queue.wakesAt(now: patience) == patience + second)
        #expect(queue.next(now: patience + second) == nil)
        #expect(queue.queuedKeys == [2, 1], "among the impatient, interactive goes first again")
        #expect(queue.wakesAt(now: patience + second) == nil)
    }
}
