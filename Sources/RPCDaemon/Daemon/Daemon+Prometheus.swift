import Backends
import CrowdModelsProtocol
import Kernel
import Metrics
import Scheduling

/// The numbers since the start as text for Prometheus, format 0.0.4, with OpenTelemetry's names for
/// generative AI where one exists.
extension Daemon {
    func writePrometheus(to out: inout ByteBuffer) {
        let snapshot = metrics.snapshot(.total, now: loop.now)
        processSample.renew(now: loop.now)
        var text = PrometheusText()
        text.counter("crowd_models_requests_total", "Requests that ended, by outcome.") { line in
            line("outcome=\"succeeded\"", Double(snapshot.all.succeeded))
            line("outcome=\"failed\"", Double(snapshot.all.failed))
            line("outcome=\"cancelled\"", Double(snapshot.all.cancelled))
            line("outcome=\"rejected\"", Double(snapshot.all.rejected))
        }
        text.counter("gen_ai_client_token_usage_total", "Tokens, by model and type.") { line in
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
            text.summary(name, help, snapshot.models, part)
        }
        text.gauge("crowd_models_in_flight", "Requests running now, by backend.") { line in
            for lane in lanes {
                line("backend=\(PrometheusText.quoted(lane.name))", Double(lane.queue.inFlight))
            }
        }
        text.gauge("crowd_models_queued", "Requests waiting now, by backend.") { line in
            for lane in lanes {
                line("backend=\(PrometheusText.quoted(lane.name))", Double(lane.queue.queued))
            }
        }
        text.gauge("crowd_models_backend_up", "1 for a backend that answers.") { line in
            for lane in lanes {
                line(
                    "backend=\(PrometheusText.quoted(lane.name))",
                    lane.server.state == .up ? 1 : 0)
            }
        }
        text.gauge("process_resident_memory_bytes", "Memory that is resident.") { line in
            line("", Double(processSample.residentBytes))
        }
        out.append("{\"content_type\":\"text/plain; version=0.0.4\",\"text\":")
        out.append(string: text.text)
        out.append("}")
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

/// Text in Prometheus' exposition format.
struct PrometheusText {
    private(set) var text = ""

    /// A label's value with its quotes.
    static func quoted(_ value: String) -> String {
        var quoted = "\""
        for character in value {
            switch character {
            case "\\": quoted += "\\\\"
            case "\"": quoted += "\\\""
            case "\n": quoted += "\\n"
            default: quoted.append(character)
            }
        }
        return quoted + "\""
    }

    mutating func counter(
        _ name: String, _ help: String, _ lines: ((String, Double) -> Void) -> Void
    ) {
        family(name, help, "counter", lines)
    }

    mutating func gauge(
        _ name: String, _ help: String, _ lines: ((String, Double) -> Void) -> Void
    ) {
        family(name, help, "gauge", lines)
    }

    mutating func summary(
        _ name: String, _ help: String, _ models: [Snapshot.Named],
        _ part: KeyPath<Figures, Distribution>
    ) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) summary\n"
        for model in models {
            let distribution = model.figures[keyPath: part]
            guard distribution.count > 0 else { continue }
            let label = "gen_ai_request_model=\(Self.quoted(model.name))"
            for (quantile, value) in [
                ("0.5", distribution.p50), ("0.9", distribution.p90), ("0.99", distribution.p99),
            ] {
                text += "\(name){\(label),quantile=\"\(quantile)\"} \(value)\n"
            }
            text += "\(name)_sum{\(label)} \(distribution.mean * Double(distribution.count))\n"
            text += "\(name)_count{\(label)} \(distribution.count)\n"
        }
    }

    private mutating func family(
        _ name: String, _ help: String, _ type: String,
        _ lines: ((String, Double) -> Void) -> Void
    ) {
        var rows = ""
        lines { labels, value in
            let number = Int(exactly: value).map(String.init) ?? value.description
            rows += labels.isEmpty ? "\(name) \(number)\n" : "\(name){\(labels)} \(number)\n"
        }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n" + rows
    }
}
