import Metrics

/// The numbers since the start as text for Prometheus, format 0.0.4, with OpenTelemetry's names for
/// generative AI where one exists.
struct PrometheusPage {
    private var lines = PrometheusText()

    var text: String { lines.text }

    init(_ snapshot: Snapshot, _ load: Load, residentBytes: Int) {
        lines.counter("crowd_models_requests_total", "Requests that ended, by outcome.") { line in
            line("outcome=\"succeeded\"", Double(snapshot.all.succeeded))
            line("outcome=\"failed\"", Double(snapshot.all.failed))
            line("outcome=\"cancelled\"", Double(snapshot.all.cancelled))
            line("outcome=\"rejected\"", Double(snapshot.all.rejected))
        }
        lines.counter("gen_ai_client_token_usage_total", "Tokens, by model and type.") { line in
            for model in snapshot.models {
                let label = "gen_ai_request_model=\(PrometheusText.quoted(model.name))"
                line(
                    label + ",gen_ai_token_type=\"input\"", Double(model.figures.promptTokens))
                line(
                    label + ",gen_ai_token_type=\"output\"",
                    Double(model.figures.completionTokens))
            }
        }
        for (name, help, part) in Self.summaries {
            lines.summary(name, help, snapshot.models, part)
        }
        gauges(load, residentBytes)
    }

    private mutating func gauges(_ load: Load, _ residentBytes: Int) {
        lines.gauge("crowd_models_in_flight", "Requests running now, by backend.") { line in
            for backend in load.backends { line(Self.label(backend), Double(backend.inFlight)) }
        }
        lines.gauge("crowd_models_queued", "Requests waiting now, by backend.") { line in
            for backend in load.backends { line(Self.label(backend), Double(backend.queued)) }
        }
        lines.gauge("crowd_models_backend_up", "1 for a backend that answers.") { line in
            for backend in load.backends { line(Self.label(backend), backend.isUp ? 1 : 0) }
        }
        lines.gauge("process_resident_memory_bytes", "Memory that is resident.") { line in
            line("", Double(residentBytes))
        }
    }

    private static func label(_ backend: Load.Backend) -> String {
        "backend=\(PrometheusText.quoted(backend.name))"
    }

    private static let summaries:
        [(String, String, any KeyPath<Figures, Distribution> & Sendable)] = [
            (
                "gen_ai_server_request_duration_seconds", "Arrival to answer, by model.", \.latency
            ),
            (
                "gen_ai_server_time_to_first_token_seconds",
                "Sending to the first token, by model.",
                \.timeToFirstToken
            ),
            (
                "gen_ai_server_time_per_output_token_seconds", "Between two tokens, by model.",
                \.interTokenLatency
            ),
            ("crowd_models_queue_seconds", "Arrival to sending, by model.", \.queueTime),
        ]
}
