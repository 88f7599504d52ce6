/// A moment at which something is to be done; cancelling it costs little and may be done twice.
/// What has one such moment of its own, thousands of which come and go a second, is one.
open class Deadline {
    /// When, in nanoseconds of the loop's clock.
    package fileprivate(set) var deadline: UInt64 = 0
    /// Where it stands in the heap; -1 when it is not set.
    fileprivate var index = -1

    /// One that is not set.
    package init() {}

    /// Whether it will come.
    package var isSet: Bool { index >= 0 }

    /// The moment has come; it is not set any more.
    open func passed() {}
}

/// A deadline with something to do.
package final class Timer: Deadline {
    private let action: () -> Void

    /// A timer that is not set. The action must not keep the timer's owner alive.
    package init(_ action: @escaping () -> Void) {
        self.action = action
    }

    public override func passed() {
        action()
    }
}

/// The timers that are set, the earliest on top: a binary heap in which each timer knows its place.
struct TimerHeap {
    /// A timer beside its deadline, so that looking for a place asks no timer.
    private struct Entry {
        let deadline: UInt64
        let timer: Deadline
    }

    private var heap: [Entry] = []

    /// When the next timer is due; nil without any.
    var nextDeadline: UInt64? { heap.first?.deadline }

    mutating func set(_ timer: Deadline, at deadline: UInt64) {
        let entry = Entry(deadline: deadline, timer: timer)
        timer.deadline = deadline
        if timer.index < 0 {
            timer.index = heap.count
            heap.append(entry)
        }
        place(entry, from: timer.index)
    }

    mutating func cancel(_ timer: Deadline) {
        let index = timer.index
        guard index >= 0 else { return }
        timer.index = -1
        let last = heap.removeLast()
        if last.timer !== timer { place(last, from: index) }
    }

    /// Takes all timers out of the heap; none of them will fire.
    mutating func removeAll() -> [Deadline] {
        let timers = heap.map(\.timer)
        for timer in timers { timer.index = -1 }
        heap = []
        return timers
    }

    /// Takes the next timer that is due at `now` out of the heap, for its action to be run.
    mutating func takeDue(at now: UInt64) -> Deadline? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        cancel(first.timer)
        return first.timer
    }

    /// Puts an entry where it belongs, up or down from a place that is free for it.
    private mutating func place(_ entry: Entry, from start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            if heap[parent].deadline <= entry.deadline { break }
            move(parent, to: index)
            index = parent
        }
        while index >= start {
            var child = 2 * index + 1
            if child >= heap.count { break }
            if child + 1 < heap.count, heap[child + 1].deadline < heap[child].deadline {
                child += 1
            }
            if heap[child].deadline >= entry.deadline { break }
            move(child, to: index)
            index = child
        }
        heap[index] = entry
        entry.timer.index = index
    }

    private mutating func move(_ from: Int, to place: Int) {
        heap[place] = heap[from]
        heap[place].timer.index = place
    }
}
