import Metrics

/// What recording a completion costs when it has ended. Completions come 1,000 a second, of one
/// backend, two models and three clients.
enum MetricsCost {
    private static let completions = 200_000
    private static let start: UInt64 = 1_000_000_000_000_000
    private static let models = ["llama-2-7b-chat", "mistral-7b-instruct"]

    /// In the rolling windows of `stats`: its series found by name, and its sample in the four that
    /// it counts in. Processor time of this thread for one, in microseconds.
    static func rolling(_ processorTime: () -> UInt64) -> Double {
        var store = MetricsStore(errorKinds: ["none"])
        var clients = (0..<3).map { store.series(.client, "uid:1000 tag\($0)", now: start) }
        let samples = (0..<latencies).map(sample)
        return each(processorTime) { number, now in
            var sample = samples[number % latencies]
            sample.backend = store.series(.backend, "lmstudio", now: now)
            sample.model = store.series(.model, models[number % 2], now: now)
            clients[number % 3] = store.series(
                .client, known: clients[number % 3], "uid:1000 tag\(number % 3)", now: now)
            sample.client = clients[number % 3]
            store.finished(sample, now: now)
        }
    }

    /// A completion of which everything was measured.
    private static func sample(_ number: Int) -> RequestSample {
        let latency = latency(number)
        var sample = RequestSample(.succeeded)
        (sample.promptTokens, sample.completionTokens) = (24, 132)
        for measure in Measure.all { sample[measure] = latency / 1000 }
        sample[.tokensPerSecond] = 40 + latency
        sample[.latency] = latency
        sample[.backend] = latency
        return sample
    }

    /// In the histograms for Prometheus: its row found by its labels, and all that they count.
    static func histograms(_ processorTime: () -> UInt64) -> Double {
        var operations = OperationHistograms()
        let labels = models.map {
            OperationLabels(
                .chat, provider: "lmstudio", address: "localhost", port: 1234, model: $0)
        }
        return each(processorTime) { number, _ in
            let latency = latency(number)
            var operation = OperationSample()
            (operation.inputTokens, operation.outputTokens) = (24, 132)
            (operation.requestDuration, operation.operationDuration) = (latency, latency)
            operation.timeToFirstToken = latency / 8
            operation.timePerToken = latency / 100
            operations.finished(labels[number % 2], operation)
        }
    }

    /// As many different latencies, up to a second.
    private static let latencies = 977

    private static func latency(_ number: Int) -> Double {
        Double(number % latencies) / Double(latencies)
    }

    private static func each(
        _ processorTime: () -> UInt64, _ record: (Int, UInt64) -> Void
    ) -> Double {
        let before = processorTime()
        for number in 0..<completions { record(number, start + UInt64(number) * 1_000_000) }
        return Double(processorTime() - before) / 1e3 / Double(completions)
    }
}
