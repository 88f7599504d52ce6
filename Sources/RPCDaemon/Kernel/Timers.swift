/// A moment at which something is to be done; cancelling it costs little and may be done twice.
package final class Timer {
    /// When, in nanoseconds of the loop's clock.
    package fileprivate(set) var deadline: UInt64 = 0
    /// Where it stands in the heap; -1 when it is not set.
    fileprivate var index = -1
    private let action: () -> Void

    /// A timer that is not set. The action must not keep the timer's owner alive.
    package init(_ action: @escaping () -> Void) {
        self.action = action
    }

    /// Whether it will fire.
    package var isSet: Bool { index >= 0 }

    fileprivate func fire() {
        action()
    }
}

/// The timers that are set, the earliest on top: a binary heap in which each timer knows its place.
struct TimerHeap {
    private var heap: [Timer] = []

    /// When the next timer is due; nil without any.
    var nextDeadline: UInt64? { heap.first?.deadline }

    mutating func set(_ timer: Timer, at deadline: UInt64) {
        if timer.index < 0 {
            timer.index = heap.count
            heap.append(timer)
        }
        timer.deadline = deadline
        siftUp(timer.index)
        siftDown(timer.index)
    }

    mutating func cancel(_ timer: Timer) {
        let index = timer.index
        guard index >= 0 else { return }
        timer.index = -1
        let last = heap.removeLast()
        if last !== timer {
            heap[index] = last
            last.index = index
            siftUp(last.index)
            siftDown(last.index)
        }
    }

    /// Takes the next timer that is due at `now` out of the heap, for its action to be run.
    mutating func takeDue(at now: UInt64) -> Timer? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        cancel(first)
        return first
    }

    static func fire(_ timer: Timer) {
        timer.fire()
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            if heap[parent].deadline <= heap[index].deadline { return }
            exchange(parent, index)
            index = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        while true {
            var smallest = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
                if heap[child].deadline < heap[smallest].deadline { smallest = child }
            }
            if smallest == index { return }
            exchange(smallest, index)
            index = smallest
        }
    }

    private mutating func exchange(_ first: Int, _ second: Int) {
        heap.swapAt(first, second)
        heap[first].index = first
        heap[second].index = second
    }
}
