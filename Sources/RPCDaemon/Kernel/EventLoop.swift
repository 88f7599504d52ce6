import CLinux
import CrowdModelsProtocol

/// What the kernel says of a descriptor.
@frozen package struct ReadyEvents: OptionSet, Sendable {
    package var rawValue: UInt32

    @inlinable package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Whether any of `events` is among these. Said in bits: the library's own set algebra stays
    /// generic across modules, and this is asked for every event.
    @inlinable package func has(_ events: ReadyEvents) -> Bool {
        rawValue & events.rawValue != 0
    }

    /// These and `events`.
    @inlinable package func with(_ events: ReadyEvents) -> ReadyEvents {
        ReadyEvents(rawValue: rawValue | events.rawValue)
    }

    /// Bytes, or the end, can be read; or a connection accepted.
    package static let readable = ReadyEvents(rawValue: UInt32(CLINUX_IN))
    /// Bytes can be written.
    package static let writable = ReadyEvents(rawValue: UInt32(CLINUX_OUT))
    /// The other side will write no more.
    package static let readClosed = ReadyEvents(rawValue: UInt32(CLINUX_RDHUP))
    /// Both directions are gone. Always told, asked for or not.
    package static let hungUp = ReadyEvents(rawValue: UInt32(CLINUX_HUP))
    /// The descriptor has an error. Always told.
    package static let failed = ReadyEvents(rawValue: UInt32(CLINUX_ERR))
    /// Nothing is asked for; `hungUp` and `failed` are told all the same.
    package static var nothing: ReadyEvents { ReadyEvents(rawValue: 0) }
}

/// Something that acts when its descriptor is ready.
package protocol EventHandler: AnyObject {
    /// Called on the loop; may forget or close its own descriptor and any other.
    func ready(_ events: ReadyEvents)
}

/// Something that is to be done once before the loop waits again.
package protocol TurnWork: AnyObject {
    func endOfTurn()
}

/// Something that goes on with its work in the next turn, after whatever is ready by then.
package protocol Continuation: AnyObject {
    func continueTurn()
}

/// One thread's world: descriptors, timers, and the work left for the end of a turn.
///
/// Everything the daemon owns lives on one loop and is touched from nowhere else, so nothing needs
/// a lock and nothing hops a thread. What is not dealt with is told again.
///
/// Many properties: a turn goes through descriptors, timers and two kinds of work, in one order.
package final class EventLoop {
    private struct Slot {
        var handler: (any EventHandler)?
        /// Raised whenever the descriptor is forgotten, so that an event of a closed one that is
        /// still in the batch does not reach the next owner of its number.
        var generation: UInt32 = 0
        /// What its handler wants to hear of, and `CLINUX_EDGE` for a stream.
        var interest: UInt32 = 0

        /// What the kernel is asked for: of a stream its end as well, which would hide behind the
        /// bytes that come with it.
        var wanted: UInt32 {
            let isHeard =
                interest & CLINUX_EDGE != 0 && interest & ReadyEvents.readable.rawValue != 0
            return isHeard ? interest | ReadyEvents.readClosed.rawValue : interest
        }

        /// What its handler hears of `events`.
        func told(_ events: UInt32) -> ReadyEvents {
            let always = ReadyEvents.hungUp.rawValue | ReadyEvents.failed.rawValue
            return ReadyEvents(rawValue: events & (interest | always))
        }
    }

    /// Nanoseconds from one moment at which the alarm may go off to the next.
    private static let alarmStep: UInt64 = 1_000_000
    /// What the kernel says of the alarm: no descriptor has that number.
    private static let alarmData = UInt64.max

    /// Bytes of one read: what a socket holds by default is little more.
    package static let scratchBytes = 65_536

    /// What is held for clients, which all that lives on this loop counts in.
    package let memory = MemoryAccount(max: .max)
    /// What is freed a piece at a time.
    package private(set) lazy var leftovers = Leftovers(self)
    private let epoll: FileDescriptor
    /// Wakes the loop when a deadline has come: a wait without a limit costs less than one with,
    /// and the next deadline is the same for thousands of turns.
    private let alarm: FileDescriptor
    /// When it goes off; `.max` where it does not.
    private var alarmAt = UInt64.max
    private var slots: [Slot] = []
    /// How many descriptors are watched: all that the process has but a handful.
    package private(set) var watched = 0
    /// The descriptor of which all was read that was there.
    private var emptied: Int32 = -1
    /// The descriptor for which the kernel was asked last.
    private var asked: Int32 = -1
    private var timers = TimerHeap()
    private var turnWork: [any TurnWork] = []
    /// The array that was worked off last, kept so that no turn allocates one.
    private var spareTurnWork: [any TurnWork] = []
    private var continuations: [any Continuation] = []
    private var isRunning = false
    private var isFiringTimers = false
    /// Where a ready descriptor is read into when nothing of it waits from before: one for all, so
    /// that an idle connection owns no memory. Whoever reads uses it up before returning.
    private var scratch = ByteBuffer(capacity: EventLoop.scratchBytes)
    /// Nanoseconds of the monotonic clock when this turn began.
    package private(set) var now: UInt64
    /// Called at the end of each turn with its length in nanoseconds: how long a ready descriptor
    /// may have waited.
    package var turnEnded: ((UInt64) -> Void)?

    package init() throws(Errno) {
        epoll = FileDescriptor(owning: try Errno.check(clinux_epoll_create()))
        alarm = FileDescriptor(
            owning: try Errno.check(clinux_timer_create(epoll.number, Self.alarmData)))
        now = Clock.monotonic()
    }

    /// Tells `handler` whenever `fd` is ready for `events`. The loop keeps the handler alive.
    ///
    /// - Parameter isStream: whether it is a stream socket that is mostly read by `read`. The
    ///   kernel tells of it by edge, which spares it a look at each wait, and is asked anew unless
    ///   all that was there has been read (epoll(7): less came than was asked for).
    package func watch(
        _ fd: Int32, for events: ReadyEvents, isStream: Bool = false, _ handler: any EventHandler
    ) throws(Errno) {
        let index = Int(fd)
        while slots.count <= index { slots.append(Slot()) }
        var slot = slots[index]
        slot.interest = events.rawValue | (isStream ? CLINUX_EDGE : 0)
        _ = try Errno.check(clinux_epoll_add(epoll.number, fd, slot.wanted, data(of: fd, slot)))
        if slot.handler == nil { watched += 1 }
        slot.handler = handler
        slots[index] = slot
    }

    /// Changes what is told of a watched descriptor.
    package func change(_ fd: Int32, to events: ReadyEvents) {
        let index = Int(fd)
        slots[index].interest = events.rawValue | slots[index].interest & CLINUX_EDGE
        ask(fd)
    }

    /// Asks the kernel for what is wanted of a descriptor; it tells of what is ready already.
    private func ask(_ fd: Int32) {
        let slot = slots[Int(fd)]
        asked = fd
        clinux_epoll_change(epoll.number, fd, slot.wanted, data(of: fd, slot))
    }

    private func data(of fd: Int32, _ slot: Slot) -> UInt64 {
        UInt64(slot.generation) << 32 | UInt64(UInt32(bitPattern: fd))
    }

    /// Tells nothing more of `fd`; to be called before it is closed.
    package func forget(_ fd: Int32) {
        guard slots.indices.contains(Int(fd)), slots[Int(fd)].handler != nil else { return }
        clinux_epoll_remove(epoll.number, fd)
        slots[Int(fd)].handler = nil
        watched -= 1
        slots[Int(fd)].generation &+= 1
    }

    /// Sets `timer`, anew if it was set, to `nanoseconds` from now.
    package func set(_ timer: Deadline, after nanoseconds: UInt64) {
        set(timer, at: now &+ nanoseconds)
    }

    /// Sets `timer` to a moment of the loop's clock.
    package func set(_ timer: Deadline, at deadline: UInt64) {
        // A timer that sets itself anew for now has its next turn, not this one again.
        timers.set(timer, at: isFiringTimers ? max(deadline, now &+ 1) : deadline)
    }

    /// Makes sure that `timer` does not fire.
    package func cancel(_ timer: Deadline) {
        timers.cancel(timer)
    }

    /// Reads once from the open descriptor `number` and shows `body` what came: nothing at the end
    /// of the file. The bytes are gone when it returns; it may close the descriptor.
    @inline(__always)
    package func read(_ number: Int32, _ body: (Span<UInt8>) -> Void) throws(Errno) {
        // Taken out for the while, so that nothing that `body` does can meet it half used.
        var bytes = ByteBuffer()
        swap(&bytes, &scratch)
        defer {
            bytes.removeAll()
            swap(&bytes, &scratch)
        }
        let count = unsafe try bytes.write(room: Self.scratchBytes) { (room) throws(Errno) -> Int in
            unsafe try Errno.check(clinux_receive(number, room.baseAddress, room.count))
        }
        if count < Self.scratchBytes { emptied = number }
        body(bytes.span)
    }

    /// Does `work` once before the loop waits again, after all that is ready now.
    package func atEndOfTurn(_ work: any TurnWork) {
        turnWork.append(work)
    }

    /// Lets `continuation` go on in the next turn, which then does not wait for anything. Those for
    /// whom that turn has no time left are the first in the one after it.
    package func inNextTurn(_ continuation: any Continuation) {
        continuations.append(continuation)
    }

    /// How many go on in the next turn.
    package var waiting: Int { continuations.count }

    /// Whether this turn has taken as long as one should, as far as somebody has looked.
    package private(set) var isTurnSpent = false

    /// Whether nobody was told of anything in this turn before.
    private var isFirstOfTurn = false

    /// Whether the turn is spent by now; who is the first of it need not look at the clock.
    package var isSpentByNow: Bool {
        if !isFirstOfTurn { _ = lookAtClock() }
        return isTurnSpent
    }

    /// The clock now, and with it whether the turn is spent.
    package func lookAtClock() -> UInt64 {
        let time = Clock.monotonic()
        isTurnSpent = time &- now >= TurnBudget.turn
        return time
    }

    /// Runs until `stop`.
    package func run() throws(Errno) {
        isRunning = true
        var continuing: [any Continuation] = []
        var events = [clinux_event](repeating: clinux_event(), count: 128)
        while isRunning {
            let waits = turnWork.isEmpty && continuations.isEmpty
            if waits { setAlarm() }
            let ready = unsafe try Errno.check(
                clinux_epoll_wait(epoll.number, &events, Int32(events.count), waits ? 1 : 0))
            now = Clock.monotonic()
            isTurnSpent = false
            swap(&continuing, &continuations)
            for index in 0..<Int(ready) {
                isFirstOfTurn = index == 0
                dispatch(events[index])
            }
            isFirstOfTurn = false
            if !continuing.isEmpty { resume(&continuing) }
            fireTimers()
            runTurnWork()
            turnEnded?(Clock.monotonic() &- now)
        }
    }

    /// Lets those go on who waited for this turn: at least one, and then as many as it has time
    /// for.
    private func resume(_ continuing: inout [any Continuation]) {
        var count = 0
        for continuation in continuing {
            continuation.continueTurn()
            count += 1
            _ = lookAtClock()
            if isTurnSpent { break }
        }
        if count < continuing.count {
            continuations.insert(contentsOf: continuing[count...], at: 0)
        }
        continuing.removeAll(keepingCapacity: true)
    }

    /// Ends `run` at the end of this turn.
    package func stop() {
        isRunning = false
    }

    /// Lets go of all that hangs on it, and would otherwise keep it and be kept for good. Not to be
    /// called while it runs; whoever goes with it may still forget and cancel.
    package func close() {
        precondition(!isRunning, "a loop that runs cannot be closed")
        // Moved out first: who goes calls back, and must not meet what is being emptied.
        let parts = (slots, timers.removeAll(), turnWork, continuations, turnEnded)
        (slots, turnWork, continuations, turnEnded, watched) = ([], [], [], nil, 0)
        withExtendedLifetime(parts) {}
    }

    @inline(__always)
    private func dispatch(_ event: clinux_event) {
        if event.data == Self.alarmData {
            alarmAt = .max
            return
        }
        let index = Int(UInt32(truncatingIfNeeded: event.data))
        let generation = UInt32(truncatingIfNeeded: event.data >> 32)
        guard slots[index].generation == generation, let handler = slots[index].handler else {
            return
        }
        (emptied, asked) = (-1, -1)
        handler.ready(slots[index].told(event.events))
        guard slots[index].interest & CLINUX_EDGE != 0, asked != Int32(index) else { return }
        // An end, and room to write, are no bytes that could have been read.
        if emptied == Int32(index), event.events == ReadyEvents.readable.rawValue { return }
        if slots[index].generation == generation, slots[index].handler != nil { ask(Int32(index)) }
    }

    /// Fires what is due, at least one, and then as much as the turn has time for: thousands of
    /// requests may be over at one moment. The rest is still due in the next turn.
    private func fireTimers() {
        isFiringTimers = true
        defer { isFiringTimers = false }
        while let timer = timers.takeDue(at: now) {
            timer.passed()
            _ = lookAtClock()
            if isTurnSpent { return }
        }
    }

    private func runTurnWork() {
        // Work may leave more work; what is left in the last round waits for the next turn.
        for _ in 0..<4 where !turnWork.isEmpty {
            var batch: [any TurnWork] = []
            swap(&batch, &turnWork)
            swap(&turnWork, &spareTurnWork)
            for work in batch { work.endOfTurn() }
            batch.removeAll(keepingCapacity: true)
            swap(&batch, &spareTurnWork)
        }
    }

    /// Makes sure that the loop wakes for the next deadline. An alarm that is set too early, since
    /// its deadline was moved or cancelled, wakes it once for nothing.
    private func setAlarm() {
        guard let deadline = timers.nextDeadline, deadline < alarmAt else { return }
        // Rounded up, so that what is due within a millisecond takes one turn.
        let (later, isNever) = deadline.addingReportingOverflow(Self.alarmStep &- 1)
        let moment = later &- later % Self.alarmStep
        guard moment < alarmAt, !isNever else { return }
        alarmAt = moment
        clinux_timer_set(alarm.number, moment)
    }
}
