import CrowdModelsProtocol
import Metrics
import Telemetry
import Testing

@Suite struct PrometheusTests {
    static func labels(_ model: String = "small") -> OperationLabels {
        OperationLabels(.chat, provider: "lmstudio", address: "localhost", port: 1234, model: model)
    }

    /// One request of 24 and 53 tokens that was queued for a second and answered in two more.
    static let served: OperationSample = {
        var sample = OperationSample()
        (sample.inputTokens, sample.outputTokens) = (24, 53)
        (sample.requestDuration, sample.timeToFirstToken, sample.timePerToken) = (3, 1.25, 0.03)
        (sample.operationDuration, sample.timeToFirstChunk) = (2, 0.25)
        return sample
    }()

    /// The pieces of its answer but the first.
    static let chunks: BoundedHistogram = {
        var chunks = BoundedHistogram(.seconds)
        chunks.add(0.03, times: 52)
        return chunks
    }()

    private static func page(_ statistics: inout Statistics) -> [Substring] {
        var out = ByteBuffer()
        statistics.writePrometheusPage(
            StatisticsTests.load, now: StatisticsTests.start, to: &out)
        return out.text.split(separator: "\n")
    }

    @Test func `the seven histograms have the convention's names, units and bounds`() {
        var statistics = Statistics()
        statistics.operations.finished(Self.labels(), Self.served, Self.chunks)
        let lines = Self.page(&statistics)
        let common =
            "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"lmstudio\","
            + "gen_ai_request_model=\"small\",gen_ai_response_model=\"small\","
            + "server_address=\"localhost\",server_port=\"1234\""
        let seconds = "0.01 0.02 0.04 0.08 0.16 0.32 0.64 1.28 2.56 5.12 10.24 20.48 40.96 81.92"
        let tokens =
            "1.0 4.0 16.0 64.0 256.0 1024.0 4096.0 16384.0 65536.0 262144.0 1048576.0 4194304.0 "
            + "16777216.0 67108864.0"
        let perToken = "0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1.0 2.5"
        let first = "0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0"
        for (name, bounds, sum, count) in [
            ("gen_ai_client_token_usage", tokens, "24", "1"),
            ("gen_ai_client_operation_duration_seconds", seconds, "2", "1"),
            ("gen_ai_client_operation_time_to_first_chunk_seconds", seconds, "0.25", "1"),
            ("gen_ai_client_operation_time_per_output_chunk_seconds", seconds, "1.56", "52"),
            ("gen_ai_server_request_duration_seconds", seconds, "3", "1"),
            ("gen_ai_server_time_per_output_token_seconds", perToken, "0.03", "1"),
            ("gen_ai_server_time_to_first_token_seconds", first, "1.25", "1"),
        ] {
            #expect(lines.contains("# TYPE \(name) histogram"))
            let all =
                name.hasSuffix("usage") ? common + ",gen_ai_token_type=\"input\"" : common
            let buckets = lines.filter { $0.hasPrefix("\(name)_bucket{\(all),le=\"") }
            let found = buckets.compactMap { $0.split(separator: "\"").dropLast().last }
            #expect(found.joined(separator: " ").hasPrefix(bounds), "\(name): \(found)")
            #expect(found.last == "+Inf")
            #expect(buckets.last?.hasSuffix("} \(count)") == true)
            #expect(lines.contains("\(name)_sum{\(all)} \(sum)"))
            #expect(lines.contains("\(name)_count{\(all)} \(count)"))
        }
        #expect(
            lines.contains(
                "gen_ai_client_token_usage_sum{\(common),gen_ai_token_type=\"output\"} 53"))
    }

    @Test func `a bucket counts what is not above its bound`() {
        var histogram = BoundedHistogram(.tokens)
        for value in [0, 1, 1.5, 4, 100_000_001, -1, .nan] { histogram.add(value) }
        #expect(histogram.count == 4)
        #expect(histogram.cumulative(0) == 2)
        #expect(histogram.cumulative(1) == 4)
        #expect(histogram.sum == 6.5)
    }

    @Test func `a failed request has its kind of error and no tokens`() {
        var statistics = Statistics()
        var labels = Self.labels()
        labels.errorKind = Statistics.errorKind(of: .backendError)?.index
        var sample = OperationSample()
        (sample.requestDuration, sample.operationDuration) = (0.5, 0.4)
        statistics.operations.finished(labels, sample)
        let lines = Self.page(&statistics)
        let failed = lines.filter { $0.contains("error_type=\"backend_error\"") }
        #expect(failed.contains { $0.hasPrefix("gen_ai_server_request_duration_seconds_count") })
        #expect(!failed.contains { $0.hasPrefix("gen_ai_client_token_usage") })
    }

    @Test func `what a server or a client named cannot break a line`() {
        var statistics = Statistics()
        statistics.operations.finished(Self.labels("a\"b\\c\nd"), Self.served, Self.chunks)
        let lines = Self.page(&statistics)
        #expect(lines.contains { $0.contains(#"gen_ai_request_model="a\"b\\c\nd","#) })
        #expect(lines.allSatisfy { $0.hasPrefix("# ") || $0.contains(" ") })
    }

    @Test func `models without end make no page without end`() {
        var statistics = Statistics()
        for number in 0..<10_000 {
            var labels = Self.labels("model \(number)")
            if number % 3 == 0 { labels.errorKind = UInt8(number % 7) }
            statistics.operations.finished(labels, Self.served, Self.chunks)
        }
        #expect(statistics.operations.rows.count <= OperationHistograms.rowsMax)
        let counts = statistics.operations.rows.map(\.requestDuration.count)
        #expect(counts.reduce(0, +) == 10_000)
        let lines = Self.page(&statistics)
        #expect(lines.contains { $0.contains("gen_ai_request_model=\"other\"") })
        #expect(lines.contains { $0.contains("error_type=\"other\"") })
    }

    @Test func `the load of each backend is there`() {
        var statistics = StatisticsTests.sample()
        let lines = Self.page(&statistics)
        #expect(lines.contains("crowd_models_in_flight{backend=\"lmstudio\"} 2"))
        #expect(lines.contains("crowd_models_queued{backend=\"lmstudio\"} 3"))
        #expect(lines.contains("crowd_models_backend_up{backend=\"other\"} 0"))
        #expect(lines.contains("crowd_models_requests_total{outcome=\"failed\"} 1"))
        #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
    }

    @Test func `the answer of stats is the same page as a string`() throws {
        var statistics = Statistics()
        statistics.operations.finished(Self.labels(), Self.served, Self.chunks)
        var query = StatsQuery()
        query.isPrometheus = true
        let answer = try StatisticsTests.answer(&statistics, query)
        #expect(answer["content_type"] == "text/plain; version=0.0.4")
        let text = try #require(answer["text"]?.stringValue)
        #expect(text.hasSuffix("\n"))
        #expect(text.split(separator: "\n").count == Self.page(&statistics).count)
    }
}
