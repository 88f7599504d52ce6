/// Whether one backend may be tried, by how it did lately.
///
/// It opens after three failures in a row, or where half of at least ten answers in 30 s were
/// failures; then nothing is sent until a cool-down has passed, then one request at a time tries.
struct Breaker {
    /// What became of an event.
    enum Change: Equatable {
        case none
        /// Nothing is sent for so many nanoseconds.
        case opened(UInt64)
        case closed
    }

    private(set) var state = BreakerState.closed
    /// When a probe may go, while open.
    private(set) var opensUntil: UInt64 = 0
    /// How many failures there were in a row.
    private(set) var streak = 0
    private var coolDown: UInt64 = 0
    private var probe: UInt64?
    /// One place a second: what ended well in its high half, what failed in its low half.
    private var seconds = [UInt64](repeating: 0, count: SchedulingLimits.breakerSeconds)
    private var second: UInt64 = 0

    /// Whether a request may be sent now.
    func admits(now: UInt64) -> Bool {
        switch state {
        case .closed: true
        case .open: opensUntil <= now
        case .halfOpen: false
        }
    }

    /// Whether a request that comes now is to go elsewhere: while it cools down.
    func forbids(now: UInt64) -> Bool {
        state == .open && opensUntil > now
    }

    /// A request is sent, which `admits` allowed; true if it is the probe.
    mutating func started(_ key: UInt64) -> Bool {
        guard state == .open else { return false }
        state = .halfOpen
        probe = key
        return true
    }

    /// The backend did its work.
    mutating func succeeded(now: UInt64) -> Change {
        streak = 0
        if state != .closed {
            self = Breaker()
            return .closed
        }
        count(1 << 32, now: now)
        return .none
    }

    /// The backend answered that request with an error that is not its own; a probe may learn by it
    /// that somebody answers again.
    mutating func answered(_ key: UInt64) -> Change {
        guard state == .halfOpen, probe == key else { return .none }
        self = Breaker()
        return .closed
    }

    /// It failed; a cool-down that follows lasts `floor` at least.
    mutating func failed(_ key: UInt64, floor: UInt64, now: UInt64) -> Change {
        streak += 1
        count(1, now: now)
        switch state {
        case .closed where streak >= SchedulingLimits.breakerStreak || halfFailed: break
        case .halfOpen where probe == key: break
        default: return .none
        }
        coolDown = min(
            max(2 * coolDown, SchedulingLimits.coolDownMin), SchedulingLimits.coolDownMax)
        let span = max(coolDown, floor)
        opensUntil = now + span
        state = .open
        probe = nil
        return .opened(span)
    }

    /// A request that was sent is gone without a verdict; if it was the probe, another may go.
    mutating func released(_ key: UInt64, now: UInt64) {
        guard probe == key else { return }
        probe = nil
        state = .open
        opensUntil = now
    }

    private var halfFailed: Bool {
        let sum = seconds.reduce(0, +)
        let (good, bad) = (sum >> 32, sum & 0xFFFF_FFFF)
        return good + bad >= SchedulingLimits.breakerAnswersMin && bad >= good
    }

    private mutating func count(_ weight: UInt64, now: UInt64) {
        let current = now / 1_000_000_000
        let places = UInt64(seconds.count)
        if current != second {
            for age in 0..<min(current &- second, places) {
                seconds[Int((current - age) % places)] = 0
            }
            second = current
        }
        seconds[Int(current % places)] += weight
    }
}
