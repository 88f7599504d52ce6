import CrowdModelsProtocol
import Metrics

/// The numbers since the start as text for Prometheus, with OpenTelemetry's names, labels and
/// bounds for generative AI where there are any.
///
/// A proxy is two sides at once: `gen_ai.server.*` is what our callers saw of us, our queue
/// included, `gen_ai.client.*` what we saw of the backends.
struct PrometheusPage: ~Copyable {
    private var lines = PrometheusText()

    var text: String { lines.bytes.text }

    func write(to out: inout ByteBuffer) {
        out.append(lines.bytes.span)
    }

    init(
        _ snapshot: Snapshot, _ operations: OperationHistograms, _ load: Load,
        _ process: StatsProcess, errorKinds: [String]
    ) {
        lines.family(
            "crowd_models_requests_total", "counter", "Requests that ended, by outcome.")
        for (outcome, count) in [
            ("succeeded", snapshot.all.succeeded), ("failed", snapshot.all.failed),
            ("cancelled", snapshot.all.cancelled), ("rejected", snapshot.all.rejected),
        ] {
            lines.line(
                "crowd_models_requests_total", PrometheusLabels("outcome", outcome).bytes,
                Double(count))
        }
        let rows = operations.rows.map { ($0, Self.labels($0.labels, errorKinds)) }
        tokenUsage(rows)
        for family in Self.families {
            lines.family(family.name, "histogram", family.help)
            for (row, labels) in rows {
                lines.histogram(family.name, labels, row[keyPath: family.part])
            }
        }
        gauges(load, process)
    }

    private struct Family: Sendable {
        let name: StaticString
        let help: StaticString
        let part: any KeyPath<OperationHistograms.Row, BoundedHistogram> & Sendable
    }

    private static let families = [
        Family(
            name: "gen_ai_client_operation_duration_seconds",
            help: "A backend's answer, from sending to its end.", part: \.operationDuration),
        Family(
            name: "gen_ai_client_operation_time_to_first_chunk_seconds",
            help: "From sending to the first chunk of a stream.", part: \.timeToFirstChunk),
        Family(
            name: "gen_ai_client_operation_time_per_output_chunk_seconds",
            help: "Between two chunks of a stream.", part: \.timePerChunk),
        Family(
            name: "gen_ai_server_request_duration_seconds",
            help: "A request, from its arrival to its answer.", part: \.requestDuration),
        Family(
            name: "gen_ai_server_time_per_output_token_seconds",
            help: "Between two tokens, the mean of a request.", part: \.timePerToken),
        Family(
            name: "gen_ai_server_time_to_first_token_seconds",
            help: "From the arrival of a request to the first token of its stream.",
            part: \.timeToFirstToken),
    ]

    private mutating func tokenUsage(_ rows: [(OperationHistograms.Row, [UInt8])]) {
        let name: StaticString = "gen_ai_client_token_usage"
        lines.family(name, "histogram", "Tokens of a request, by type.")
        for (row, labels) in rows {
            let input = PrometheusLabels("gen_ai_token_type", "input").bytes
            let output = PrometheusLabels("gen_ai_token_type", "output").bytes
            lines.histogram(name, labels + [UInt8(ascii: ",")] + input, row.inputTokens)
            lines.histogram(name, labels + [UInt8(ascii: ",")] + output, row.outputTokens)
        }
    }

    private mutating func gauges(_ load: Load, _ process: StatsProcess) {
        gauge("crowd_models_in_flight", "Requests running now.", load) { Double($0.inFlight) }
        gauge("crowd_models_queued", "Requests waiting now.", load) { Double($0.queued) }
        gauge("crowd_models_backend_up", "1 for a backend that answers.", load) {
            $0.isUp ? 1 : 0
        }
        lines.family("process_resident_memory_bytes", "gauge", "Memory that is resident.")
        lines.line("process_resident_memory_bytes", [], Double(process.residentBytes))
        lines.family("process_open_fds", "gauge", "Open files and sockets.")
        lines.line("process_open_fds", [], Double(process.openFiles))
    }

    private mutating func gauge(
        _ name: StaticString, _ help: StaticString, _ load: Load,
        _ value: (Load.Backend) -> Double
    ) {
        lines.family(name, "gauge", help)
        for backend in load.backends {
            lines.line(name, PrometheusLabels("backend", backend.name).bytes, value(backend))
        }
    }

    private static func labels(_ row: OperationLabels, _ errorKinds: [String]) -> [UInt8] {
        var labels = PrometheusLabels("gen_ai_operation_name", "\(row.operation.name)")
        labels.append("gen_ai_provider_name", row.provider)
        labels.append("gen_ai_request_model", row.model)
        labels.append("gen_ai_response_model", row.model)
        labels.append("server_address", row.address)
        if row.port > 0 { labels.append("server_port", String(row.port)) }
        if let kind = row.errorKind {
            let isKnown = Int(kind) < errorKinds.count
            labels.append("error_type", isKnown ? errorKinds[Int(kind)] : MetricsLimits.otherName)
        }
        return labels.bytes
    }
}
