import Scheduling
import Testing

@Suite struct EvictionTests {
    @Test func `without eviction any model runs beside any other`() {
        var queue = BackendQueue(maxConcurrent: 3)
        #expect(queue.arrived(QueueTicket(1, "a"), now: start) == .started)
        #expect(queue.arrived(QueueTicket(2, "b"), now: start) == .started)
        #expect(queue.arrived(QueueTicket(3, "c"), now: start) == .started)
    }

    @Test func `a model that is not loaded waits until everything else has ended`() {
        var queue = BackendQueue(maxConcurrent: 4, evictsModels: true)
        queue.modelsChanged(loaded: ["a"])
        #expect(queue.arrived(QueueTicket(1, "a"), now: start) == .started)
        #expect(queue.arrived(QueueTicket(2, "a"), now: start) == .started)
        #expect(queue.arrived(QueueTicket(3, "b"), now: start) == .queued(position: 1))
        #expect(queue.next(now: start) == nil)
        queue.finished(1, now: start)
        #expect(queue.next(now: start) == nil)
        queue.withdrawn(2)
        #expect(queue.allNext(now: start) == [3])
    }

    @Test func `loaded models run beside each other`() {
        var queue = BackendQueue(maxConcurrent: 2, evictsModels: true)
        queue.modelsChanged(loaded: ["a", "b"])
        #expect(queue.arrived(QueueTicket(1, "a"), now: start) == .started)
        #expect(queue.arrived(QueueTicket(2, "b"), now: start) == .started)
    }

    @Test func `a loading model has the backend to itself until discovery sees it`() {
        var queue = BackendQueue(maxConcurrent: 4, evictsModels: true)
        queue.modelsChanged(loaded: ["a", "c"])
        #expect(queue.arrived(QueueTicket(1, "b"), now: start) == .started)
        #expect(queue.arrived(QueueTicket(2, "a"), now: start) == .queued(position: 1))
        #expect(queue.arrived(QueueTicket(3, "b"), now: start) == .queued(position: 1))
        #expect(queue.allNext(now: start) == [3])
        queue.modelsChanged(loaded: ["a", "c"])
        #expect(queue.next(now: start) == nil, "the load is not done yet")
        queue.modelsChanged(loaded: ["b", "c"])
        #expect(queue.arrived(QueueTicket(4, "c"), now: start) == .queued(position: 1))
        #expect(queue.allNext(now: start) == [4], "a was evicted, c was not")
        for key in [1, 3, 4] as [UInt64] { queue.finished(key, now: start) }
        #expect(queue.allNext(now: start) == [2])
    }

    @Test func `a model that was served counts as the only loaded one until discovery speaks`() {
        var queue = BackendQueue(maxConcurrent: 4, evictsModels: true)
        queue.modelsChanged(loaded: ["a"])
        _ = queue.arrived(QueueTicket(1, "b"), now: start)
        queue.finished(1, now: start)
        #expect(queue.arrived(QueueTicket(2, "b"), now: start) == .started)
        #expect(queue.arrived(QueueTicket(3, "a"), now: start) == .queued(position: 1))
        queue.modelsChanged(loaded: ["a", "b"])
        #expect(queue.allNext(now: start) == [3])
    }

    @Test func `requests for alternating models are served model by model`() {
        var queue = BackendQueue(maxConcurrent: 1, evictsModels: true)
        queue.modelsChanged(loaded: ["a"])
        for (key, model) in ["a", "b", "c", "a", "b", "c"].enumerated() {
            _ = queue.arrived(QueueTicket(UInt64(key), model), now: start)
        }
        #expect(queue.queuedKeys == [3, 1, 2, 4, 5])
        var served: [UInt64] = [0]
        while let last = served.last, queue.inFlight > 0 {
            queue.finished(last, now: start)
            served += queue.allNext(now: start)
        }
        #expect(served == [0, 3, 1, 4, 2, 5])
    }

    @Test func `a loaded model's batch request goes before an interactive one that would evict`() {
        var queue = BackendQueue.occupied(evictsModels: true)
        _ = queue.arrived(QueueTicket(1, "b"), now: start)
        _ = queue.arrived(QueueTicket(2, "a", .batch), now: start)
        #expect(queue.queuedKeys == [2, 1])
    }

    @Test func `a steady stream for the loaded model cannot starve another model`() {
        var queue = BackendQueue(maxConcurrent: 2, evictsModels: true)
        queue.modelsChanged(loaded: ["a"])
        _ = queue.arrived(QueueTicket(1, "a"), now: start)
        _ = queue.arrived(QueueTicket(2, "b"), now: start)
        let patience = start + SchedulingLimits.evictionPatience
        _ = queue.arrived(QueueTicket(3, "a"), now: patience - 1)
        #expect(queue.allNext(now: patience - 1) == [3])
        _ = queue.arrived(QueueTicket(4, "a"), now: patience)
        queue.finished(1, now: patience)
        #expect(queue.next(now: patience) == nil, "the slot stays empty for the model that waited")
        queue.finished(3, now: patience + 1)
        #expect(queue.allNext(now: patience + 1) == [2])
        queue.finished(2, now: patience + 2)
        #expect(queue.allNext(now: patience + 2) == [4])
    }

    @Test func `when discovery loses the models in flight nothing else starts`() {
        var queue = BackendQueue(maxConcurrent: 4, evictsModels: true)
        queue.modelsChanged(loaded: ["a", "b"])
        _ = queue.arrived(QueueTicket(1, "a"), now: start)
        _ = queue.arrived(QueueTicket(2, "b"), now: start)
        queue.modelsChanged(loaded: [])
        #expect(queue.arrived(QueueTicket(3, "a"), now: start) == .queued(position: 1))
        #expect(queue.next(now: start) == nil)
        queue.withdrawn(2)
        #expect(queue.allNext(now: start) == [3])
    }

    @Test func `what a change of the models does to the positions is told`() {
        var queue = BackendQueue.occupied(evictsModels: true)
        _ = queue.arrived(QueueTicket(1, "a"), now: start)
        _ = queue.arrived(QueueTicket(2, "b"), now: start)
        let version = queue.positionsVersion
        queue.modelsChanged(loaded: ["a"])
        #expect(queue.positionsVersion == version)
        queue.modelsChanged(loaded: ["a", "b"])
        #expect(queue.positionsVersion != version)
    }

    @Test func `a backend found not to evict lets everything start`() {
        var queue = BackendQueue(maxConcurrent: 2, evictsModels: true)
        _ = queue.arrived(QueueTicket(1, "a"), now: start)
        _ = queue.arrived(QueueTicket(2, "b"), now: start)
        queue.evictionChanged(to: false)
        #expect(queue.allNext(now: start) == [2])
    }
}
