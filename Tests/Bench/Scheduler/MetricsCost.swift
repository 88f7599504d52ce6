import Metrics

/// What recording a completion costs when it has ended: its series found by name, its sample in
/// `stats` and its row of Prometheus' histograms.
enum MetricsCost {
    private static let completions = 200_000
    private static let start: UInt64 = 1_000_000_000_000_000

    /// Processor time of this thread for one, in microseconds. Completions come 1,000 a second, of
    /// one backend, two models and three clients.
    static func microseconds(_ processorTime: () -> UInt64) -> Double {
        var store = MetricsStore(errorKinds: ["none"])
        var operations = OperationHistograms()
        let models = ["llama-2-7b-chat", "mistral-7b-instruct"]
        let measures = Measure.allCases
        var clients = (0..<3).map { store.series(.client, "uid:1000 tag\($0)", now: start) }
        let labels = models.map {
            OperationLabels(
                .chat, provider: "lmstudio", address: "localhost", port: 1234, model: $0)
        }
        var now = start
        let before = processorTime()
        for number in 0..<completions {
            let latency = Double(number % 977) / 977
            var sample = RequestSample(.succeeded)
            sample.backend = store.series(.backend, "lmstudio", now: now)
            sample.model = store.series(.model, models[number % 2], now: now)
            clients[number % 3] = store.series(
                .client, known: clients[number % 3], "uid:1000 tag\(number % 3)", now: now)
            sample.client = clients[number % 3]
            (sample.promptTokens, sample.completionTokens) = (24, 132)
            for measure in measures { sample[measure] = latency / 1000 }
            sample[.tokensPerSecond] = 40 + latency
            sample[.latency] = latency
            sample[.backend] = latency
            store.finished(sample, now: now)
            var operation = OperationSample()
            (operation.inputTokens, operation.outputTokens) = (24, 132)
            (operation.requestDuration, operation.operationDuration) = (latency, latency)
            operation.timeToFirstToken = latency / 8
            operation.timePerToken = latency / 100
            operations.finished(labels[number % 2], operation)
            now += 1_000_000
        }
        return Double(processorTime() - before) / 1e3 / Double(completions)
    }
}
