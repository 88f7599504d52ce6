/// How busy a server says it is, whoever keeps it busy: vLLM's gauges, summed over its engines.
package struct ServerLoad: Equatable, Sendable {
    /// Requests that it generates for.
    package var running = 0
    /// Requests that wait there.
    package var waiting = 0
    /// How much of the cache for prompts is in use, 0 to 1: the fullest engine's.
    package var cacheUse = 0.0

    init(running: Int = 0, waiting: Int = 0, cacheUse: Double = 0) {
        self.running = running
        self.waiting = waiting
        self.cacheUse = cacheUse
    }

    /// Reads a page of metrics in Prometheus' text format; nil where it has none of the gauges.
    init?(_ page: Span<UInt8>) {
        var hasAny = false
        var start = 0
        while start < page.count {
            var end = start
            while end < page.count, page[end] != UInt8(ascii: "\n") { end += 1 }
            // Of a hundred kilobytes of histograms three lines matter.
            if page[start] == UInt8(ascii: "v"), end - start <= Self.lineBytesMax {
                let line = page.extracting(start..<end)
                hasAny = take(line) || hasAny
            }
            start = end + 1
        }
        if !hasAny { return nil }
    }

    /// Bytes of one gauge's line: its name, two labels and a number.
    private static let lineBytesMax = 1024

    private static let runningName = "vllm:num_requests_running"
    private static let waitingName = "vllm:num_requests_waiting"
    private static let cacheNames = ["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"]

    private mutating func take(_ line: Span<UInt8>) -> Bool {
        guard line.count > 10,
            line[5] == UInt8(ascii: "n") || line[5] == UInt8(ascii: "k")
                || line[5] == UInt8(ascii: "g")
        else { return false }
        let text = unsafe line.withUnsafeBufferPointer {
            unsafe String(decoding: $0, as: UTF8.self)
        }
        let name = text.prefix { $0 != "{" && $0 != " " }
        guard let space = text.lastIndex(of: " "),
            let value = Double(text[text.index(after: space)...]), value.isFinite, value >= 0
        else { return false }
        switch String(name) {
        case Self.runningName: running += Int(min(value, Self.countMax))
        case Self.waitingName: waiting += Int(min(value, Self.countMax))
        case let name where Self.cacheNames.contains(name): cacheUse = max(cacheUse, min(value, 1))
        default: return false
        }
        return true
    }

    /// Requests of one engine that can be: more is no number of requests.
    private static let countMax = 1_000_000.0
}
