import Glibc
import Scheduling

/// What the scheduler's decisions cost: processor time of this thread for one request that does not
/// wait, from its arrival to its end, decisions and their order included.
///
/// `quiet` is one server with one model; `busy` the first of 8 with 40 models each, half of its
/// slots taken, an alias of two names and a conversation. Beside them, what it costs to record one.
@main
enum Main {
    private static let rounds = 11
    private static let requests = 100_000

    static func main() {
        var quiet: [Double] = []
        var busy: [Double] = []
        var rolling: [Double] = []
        var histograms: [Double] = []
        // The first round grows what later ones use again.
        for round in 0...rounds {
            let first = microseconds(in: scheduler(servers: 1, models: 1)) { _ in }
            let second = microseconds(in: scheduler(servers: 8, models: 40)) { ticket in
                ticket.fallbacks = ["m1"]
                ticket.session = ticket.key % 2 == 0 ? "left" : "right"
            }
            let third = MetricsCost.rolling(processorTime)
            let fourth = MetricsCost.histograms(processorTime)
            if round == 0 { continue }
            quiet.append(first)
            busy.append(second)
            rolling.append(third)
            histograms.append(fourth)
        }
        record("scheduler.quiet", quiet)
        record("scheduler.busy", busy)
        record("metrics.rolling", rolling)
        record("metrics.histograms", histograms)
    }

    private static func scheduler(servers: Int, models: Int) -> Scheduler {
        var scheduler = Scheduler()
        for server in 0..<servers {
            var facts = BackendFacts(name: "server\(server)")
            facts.state = .up
            facts.models = (0..<models).map { number in
                var model = ModelFacts(id: "m\(number)")
                model.state = .loaded
                return model
            }
            scheduler.take(.backend(facts), now: start)
        }
        if servers > 1 {
            for key in 1...2 as ClosedRange<UInt64> {
                scheduler.arrived(ticket(key), now: start)
            }
        }
        drain(&scheduler, now: start)
        return scheduler
    }

    private static let start: UInt64 = 1_000_000_000_000_000

    private static func ticket(_ key: UInt64) -> Ticket {
        Ticket(
            key: key, caller: Caller(uid: 1000, pid: 7, connection: 1), model: "m0",
            expiresAt: .max)
    }

    private static func microseconds(
        in scheduler: consuming Scheduler, _ change: (inout Ticket) -> Void
    ) -> Double {
        var now = start
        let before = processorTime()
        for key in 10..<UInt64(10 + requests) {
            var ticket = ticket(key)
            change(&ticket)
            scheduler.arrived(ticket, now: now)
            drain(&scheduler, now: now)
            now += 1_000_000
            scheduler.take(.firstToken(key), now: now)
            drain(&scheduler, now: now)
            now += 1_000_000
            scheduler.take(.ended(key, .served(tokens: 20)), now: now)
            drain(&scheduler, now: now)
        }
        return Double(processorTime() - before) / 1e3 / Double(requests)
    }

    @inline(never)
    private static func drain(_ scheduler: inout Scheduler, now: UInt64) {
        while let action = scheduler.next(now: now) {
            if case .refuse = action { preconditionFailure("every request is served") }
        }
    }

    private static func processorTime() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// A row for the reader, and a line for `$BENCH_RESULTS`.
    private static func record(_ name: String, _ values: [Double]) {
        let sorted = values.sorted()
        let (low, middle, high) = (sorted[0], sorted[sorted.count / 2], sorted[sorted.count - 1])
        print("  \(name)  \(low)  \(middle)  \(high)  us")
        guard let path = getenv("BENCH_RESULTS"), let file = fopen(path, "a") else { return }
        fputs("\(name)\tus\t\(values.map { "\($0)" }.joined(separator: " "))\n", file)
        fclose(file)
    }
}
