import Metrics

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
