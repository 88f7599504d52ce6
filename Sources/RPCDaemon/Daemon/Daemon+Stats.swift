import CrowdModelsProtocol
import Kernel
import Metrics
import Scheduling

/// What `stats` is asked for.
struct StatsQuery: Equatable {
    var window = StatsWindow.fiveMinutes
    var isPrometheus = false

    /// What a call without parameters asks for.
    init() {}

    init(_ arguments: Arguments, _ line: Span<UInt8>) throws(Fault) {
        if arguments[0].isPresent {
            let name = JSONText.string(line.extracting(arguments[0].bounds))
            guard let window = StatsWindow(name: name) else {
                throw Fault(.invalidParams, "`window` of `stats` is no window")
            }
            self.window = window
        }
        if arguments[1].isPresent {
            isPrometheus = JSONText.string(line.extracting(arguments[1].bounds)) == "prometheus"
        }
    }
}

/// What the kernel says of this process. Asking takes longer than all else of `stats`, so an answer
/// is good for `lifetime`.
struct ProcessSample {
    private static let lifetime: UInt64 = 100_000_000

    private(set) var residentBytes = 0
    private(set) var openFiles = 0
    private var validUntil: UInt64 = 0

    /// Asks again if the last answer is too old.
    mutating func renew(now: UInt64) {
        guard now >= validUntil else { return }
        validUntil = now &+ Self.lifetime
        residentBytes = ThisProcess.residentBytes
        openFiles = ThisProcess.openFiles
    }
}

/// The last rendered numbers, kept until a new one comes or an old one leaves the window.
struct StatsCache {
    var text: [UInt8] = []
    var query: StatsQuery?
    var snapshot: Snapshot?
}

extension Daemon {
    func writeStats(_ query: StatsQuery, to out: inout ByteBuffer) {
        if query.isPrometheus { return writePrometheus(to: &out) }
        out.append("{\"window\":\"")
        out.append(query.window.name)
        out.append("\",\"uptime_seconds\":")
        out.append(number: uptimeSeconds)
        out.append(",\"in_flight\":")
        out.append(decimal: lanes.reduce(0) { $0 + $1.queue.inFlight })
        out.append(",\"queued\":")
        out.append(decimal: lanes.reduce(0) { $0 + $1.queue.queued })
        out.append(",")
        if statsCache.query != query || statsCache.snapshot.map(isStale) ?? true {
            render(query)
        }
        let text = statsCache.text
        out.append(text.span)
        processSample.renew(now: loop.now)
        out.append(",\"process\":{\"resident_bytes\":")
        out.append(decimal: processSample.residentBytes)
        out.append(",\"open_files\":")
        out.append(decimal: processSample.openFiles)
        out.append(",\"event_loop_delay\":")
        out.append(distribution: statsCache.snapshot?.loopDelay ?? Distribution())
        out.append("}}")
    }

    private func isStale(_ snapshot: Snapshot) -> Bool {
        !metrics.holds(snapshot, now: loop.now)
    }

    private func render(_ query: StatsQuery) {
        let snapshot = metrics.snapshot(query.window, now: loop.now)
        var text = ByteBuffer(capacity: 4096)
        text.append(members: snapshot.all, metrics.errorKinds)
        text.append(scopes: snapshot.backends, named: "backends", metrics.errorKinds)
        text.append(scopes: snapshot.models, named: "models", metrics.errorKinds)
        text.append(scopes: snapshot.clients, named: "clients", metrics.errorKinds)
        statsCache = StatsCache(text: text.bytes, query: query, snapshot: snapshot)
    }
}

extension ByteBuffer {
    /// Appends the members that the whole and each part of it have in common.
    fileprivate mutating func append(members figures: Figures, _ kinds: [String]) {
        append("\"requests\":{\"total\":")
        append(decimal: Int(clamping: figures.total))
        append(",\"succeeded\":")
        append(decimal: Int(clamping: figures.succeeded))
        append(",\"failed\":")
        append(decimal: Int(clamping: figures.failed))
        append(",\"cancelled\":")
        append(decimal: Int(clamping: figures.cancelled))
        append(",\"rejected\":")
        append(decimal: Int(clamping: figures.rejected))
        append("},\"tokens\":{\"prompt\":")
        append(decimal: Int(clamping: figures.promptTokens))
        append(",\"completion\":")
        append(decimal: Int(clamping: figures.completionTokens))
        append("},\"tokens_per_second\":")
        append(distribution: figures.tokensPerSecond)
        append(",\"time_to_first_token\":")
        append(distribution: figures.timeToFirstToken)
        append(",\"inter_token_latency\":")
        append(distribution: figures.interTokenLatency)
        append(",\"latency\":")
        append(distribution: figures.latency)
        append(",\"queue_time\":")
        append(distribution: figures.queueTime)
        append(",\"overhead\":")
        append(distribution: figures.overhead)
        append(",\"errors\":{")
        for (index, error) in figures.errors.enumerated() {
            if index > 0 { append(UInt8(ascii: ",")) }
            append(string: kinds[Int(error.kind.index)])
            append(UInt8(ascii: ":"))
            append(decimal: Int(clamping: error.count))
        }
        append("}")
    }

    fileprivate mutating func append(
        scopes: [Snapshot.Named], named name: StaticString, _ kinds: [String]
    ) {
        append(",\"")
        append(name)
        append("\":{")
        for (index, scope) in scopes.enumerated() {
            if index > 0 { append(UInt8(ascii: ",")) }
            append(string: scope.name)
            append(":{")
            append(members: scope.figures, kinds)
            append("}")
        }
        append("}")
    }

    /// Appends a distribution; one without values has nothing but its count.
    mutating func append(distribution: Distribution) {
        append("{\"count\":")
        append(decimal: Int(clamping: distribution.count))
        if distribution.count > 0 {
            append(",\"mean\":")
            append(number: distribution.mean)
            append(",\"p50\":")
            append(number: distribution.p50)
            append(",\"p90\":")
            append(number: distribution.p90)
            append(",\"p99\":")
            append(number: distribution.p99)
            append(",\"max\":")
            append(number: distribution.max)
        }
        append("}")
    }
}
