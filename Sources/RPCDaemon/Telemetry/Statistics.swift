package import CrowdModelsProtocol
package import Metrics

/// The numbers that `stats` answers with, and the answers that still hold.
///
/// It owns the store and asks the kernel about the process; time is monotonic nanoseconds.
package struct Statistics {
    package var store: MetricsStore
    /// What Prometheus is told beside it.
    package var operations = OperationHistograms()
    private var process = ProcessSample()
    private var rendered: Rendered?

    /// The figures as they were last written, kept until a new one comes or an old one leaves the
    /// window.
    private struct Rendered {
        let text: [UInt8]
        let snapshot: Snapshot
        /// The distribution of the loop's delay, as an object.
        let loopDelay: [UInt8]
    }

    /// The media type of the page for Prometheus.
    package static let prometheusType: StaticString = "text/plain; version=0.0.4"

    package init() {
        store = MetricsStore(errorKinds: ErrorCode.all.map(\.kind))
    }

    /// The store's name for a code's kind.
    package static func errorKind(of code: ErrorCode) -> ErrorKind? {
        ErrorCode.all.firstIndex(of: code).map { ErrorKind(index: UInt8($0)) }
    }

    /// An event waited this long for the loop to turn to it.
    package mutating func loopDelayed(seconds: Double, now: UInt64) {
        store.loopDelay(seconds: seconds, now: now)
    }

    /// Appends the StatsResult object, or with `isPrometheus` the StatsText one.
    package mutating func write(
        _ query: StatsQuery, _ load: Load, now: UInt64, to out: inout ByteBuffer
    ) {
        process.renew(now: now)
        if query.isPrometheus { return writePrometheus(load, now: now, to: &out) }
        let (figures, loopDelay) = figures(query.window, now: now)
        StatsResult.write(
            window: "\(query.window.name)", uptimeSeconds: load.uptimeSeconds,
            inFlight: load.inFlight, queued: load.queued,
            process: StatsProcess(
                residentBytes: process.residentBytes, openFiles: process.openFiles,
                eventLoopDelay: StatsDistribution()),
            figures: figures.span, eventLoopDelay: loopDelay.span, to: &out)
    }

    private mutating func figures(
        _ window: StatsWindow, now: UInt64
    ) -> (text: [UInt8], loopDelay: [UInt8]) {
        if let rendered, rendered.snapshot.window == window,
            store.holds(rendered.snapshot, now: now)
        {
            return (rendered.text, rendered.loopDelay)
        }
        let snapshot = store.snapshot(window, now: now)
        var text = ByteBuffer(capacity: 4096)
        StatsResult(snapshot, errorKinds: store.errorKinds).writeFigures(to: &text)
        var delay = ByteBuffer()
        StatsDistribution(snapshot.loopDelay).write(to: &delay)
        rendered = Rendered(text: text.bytes, snapshot: snapshot, loopDelay: delay.bytes)
        return (text.bytes, delay.bytes)
    }

    /// Appends the same text as it is, for whoever scrapes it by HTTP.
    package mutating func writePrometheusPage(
        _ load: Load, now: UInt64, to out: inout ByteBuffer
    ) {
        prometheusPage(load, now: now).write(to: &out)
    }

    private mutating func prometheusPage(_ load: Load, now: UInt64) -> PrometheusPage {
        process.renew(now: now)
        let sample = StatsProcess(
            residentBytes: process.residentBytes, openFiles: process.openFiles,
            eventLoopDelay: StatsDistribution())
        return PrometheusPage(
            store.snapshot(.total, now: now), operations, load, sample,
            errorKinds: store.errorKinds)
    }

    private mutating func writePrometheus(_ load: Load, now: UInt64, to out: inout ByteBuffer) {
        StatsText(
            contentType: Self.prometheusType.description, text: prometheusPage(load, now: now).text
        ).write(to: &out)
    }
}
