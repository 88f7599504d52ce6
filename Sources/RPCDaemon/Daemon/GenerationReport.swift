import Backends
import CrowdModelsProtocol

/// Why a generation ended, as callers are told.
enum FinishReason: String {
    case stop, length, cancelled
    case toolCalls = "tool_calls"

    /// From a server's own word: what is not known is a stop.
    init(_ token: Span<UInt8>) {
        if JSONText.string(token, hasEscape: false, equals: "length")
            || JSONText.string(token, hasEscape: false, equals: "max_tokens")
        {
            self = .length
        } else if JSONText.string(token, hasEscape: false, equals: "tool_calls")
            || JSONText.string(token, hasEscape: false, equals: "function_call")
        {
            self = .toolCalls
        } else {
            self = .stop
        }
    }
}

/// What a server said of a generation beside its text, and what was measured where it said nothing.
struct GenerationReport {
    var finishReason = FinishReason.stop
    var promptTokens: Int?
    var completionTokens: Int?
    var totalTokens: Int?
    /// Nobody told the usage: it is counted from the deltas.
    var isEstimated = false
    var tokensPerSecond: Double?
    var timeToFirstToken: Double?
    var generationTime: Double?
    var interTokenLatency: Double?
    var stopReason: String?
    /// Whether the server told the speed itself.
    var isFromBackend = false
    var arch: String?
    /// What served the request, as a string token; empty for the model that was asked for.
    var servedBy: [UInt8] = []
    /// Objects on one line, passed on as they came; empty for none.
    var modelInfo: [UInt8] = []
    var runtime: [UInt8] = []
    var usageDetails: [UInt8] = []

    /// All tokens: as the server says, else the sum; no server's numbers may overflow it.
    var allTokens: Int {
        if let totalTokens { return totalTokens }
        let (sum, isTooLarge) = (promptTokens ?? 0).addingReportingOverflow(completionTokens ?? 0)
        return isTooLarge ? .max : sum
    }

    /// Takes over what the frame says.
    mutating func read(_ frame: ChatFrame, _ text: Span<UInt8>) {
        if frame.finishReason.isPresent {
            finishReason = FinishReason(text.extracting(frame.finishReason.bounds))
        }
        if frame.model.isPresent { servedBy = Self.compact(text, frame.model) }
        if frame.usage.isPresent { readUsage(text.extracting(frame.usage.bounds)) }
        if frame.stats.isPresent { readStats(text.extracting(frame.stats.bounds)) }
        if frame.timings.isPresent { readTimings(text.extracting(frame.timings.bounds)) }
        if frame.modelInfo.isPresent {
            modelInfo = Self.compact(text, frame.modelInfo)
            readModelInfo(text.extracting(frame.modelInfo.bounds))
        }
        if frame.runtime.isPresent { runtime = Self.compact(text, frame.runtime) }
    }

    /// OpenAI's `usage`. An object of zeros is what servers send that did not count.
    private mutating func readUsage(_ usage: Span<UInt8>) {
        var reader = JSONMemberReader(from: 0)
        var prompt: Int?
        var completion: Int?
        var total: Int?
        while let member = (try? reader.next(in: usage)) ?? nil {
            let name = usage.extracting(member.name.bounds)
            let value = usage.extracting(member.value.bounds)
            switch name.count {
            case 15 where Self.reads(name, "prompt_tokens"): prompt = Self.count(value)
            case 19 where Self.reads(name, "completion_tokens"): completion = Self.count(value)
            case 14 where Self.reads(name, "total_tokens"): total = Self.count(value)
            case 27 where Self.reads(name, "completion_tokens_details"):
                if value[0] == UInt8(ascii: "{") {
                    usageDetails = Self.compact(usage, member.value)
                }
            default: break
            }
        }
        if (prompt ?? 0) == 0, (completion ?? 0) == 0 { return }
        promptTokens = prompt ?? promptTokens
        completionTokens = completion ?? completionTokens
        totalTokens = total ?? totalTokens
    }

    /// LM Studio's `stats`: seconds and tokens per second; 0 and null stand for "not known".
    private mutating func readStats(_ stats: Span<UInt8>) {
        var reader = JSONMemberReader(from: 0)
        while let member = (try? reader.next(in: stats)) ?? nil {
            let name = stats.extracting(member.name.bounds)
            let value = stats.extracting(member.value.bounds)
            switch name.count {
            case 19 where Self.reads(name, "tokens_per_second"):
                tokensPerSecond = Self.positive(value)
                if tokensPerSecond != nil { isFromBackend = true }
            case 21 where Self.reads(name, "time_to_first_token"):
                timeToFirstToken = Self.positive(value)
                if timeToFirstToken != nil { isFromBackend = true }
            case 17 where Self.reads(name, "generation_time"):
                generationTime = Self.positive(value)
            case 13 where Self.reads(name, "stop_reason"):
                if value[0] == UInt8(ascii: "\"") { stopReason = JSONText.string(value) }
            default: break
            }
        }
    }

    /// llama.cpp's `timings`: milliseconds, and tokens per second.
    private mutating func readTimings(_ timings: Span<UInt8>) {
        var reader = JSONMemberReader(from: 0)
        while let member = (try? reader.next(in: timings)) ?? nil {
            let name = timings.extracting(member.name.bounds)
            let value = timings.extracting(member.value.bounds)
            switch name.count {
            case 22 where Self.reads(name, "predicted_per_second"):
                tokensPerSecond = Self.positive(value)
                if tokensPerSecond != nil { isFromBackend = true }
            case 11 where Self.reads(name, "prompt_ms"):
                timeToFirstToken = Self.positive(value).map { $0 / 1000 }
            case 14 where Self.reads(name, "predicted_ms"):
                generationTime = Self.positive(value).map { $0 / 1000 }
            case 10 where Self.reads(name, "prompt_n"):
                promptTokens = promptTokens ?? Self.count(value)
            case 13 where Self.reads(name, "predicted_n"):
                completionTokens = completionTokens ?? Self.count(value)
            default: break
            }
        }
    }

    private mutating func readModelInfo(_ info: Span<UInt8>) {
        var reader = JSONMemberReader(from: 0)
        while let member = (try? reader.next(in: info)) ?? nil {
            let name = info.extracting(member.name.bounds)
            let value = info.extracting(member.value.bounds)
            if Self.reads(name, "arch"), value[0] == UInt8(ascii: "\"") {
                arch = JSONText.string(value)
            }
        }
    }

    private static func reads(_ name: Span<UInt8>, _ literal: StaticString) -> Bool {
        JSONText.string(name, hasEscape: false, equals: literal)
    }

    private static func count(_ token: Span<UInt8>) -> Int? {
        JSONKind(firstByte: token[0]) == .number
            ? JSONText.integer(token).flatMap { $0 >= 0 ? $0 : nil } : nil
    }

    private static func positive(_ token: Span<UInt8>) -> Double? {
        JSONKind(firstByte: token[0]) == .number
            ? JSONText.double(token).flatMap { $0 > 0 && $0.isFinite ? $0 : nil } : nil
    }

    private static func compact(_ text: Span<UInt8>, _ value: JSONRange) -> [UInt8] {
        var buffer = ByteBuffer(capacity: value.count)
        buffer.append(compact: text.extracting(value.bounds))
        return buffer.bytes
    }
}
