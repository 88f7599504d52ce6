import CrowdModelsProtocol

/// OpenAI's `usage`, under the names that its relatives give it, too.
struct UsageFigures {
    var prompt: Int?
    var completion: Int?
    var total: Int?
    var cached: Int?
    var reasoning: Int?

    /// Reads the value that the walker is at; nil unless it is an object that is not empty.
    init?(_ walker: inout JSONWalker, _ text: Span<UInt8>) throws(JSONError) {
        guard walker.kind == .object else {
            try walker.skip()
            return nil
        }
        try walker.enterObject()
        var isEmpty = true
        while let name = try walker.nextName() {
            isEmpty = false
            let value = try walker.skip()
            take(text.extracting(name.bounds), text.extracting(value.bounds))
        }
        if isEmpty { return nil }
    }

    @inline(__always)
    private mutating func take(_ name: Span<UInt8>, _ value: Span<UInt8>) {
        switch name.count {
        case 15 where name.reads("prompt_tokens"), 14 where name.reads("input_tokens"):
            prompt = GenerationReport.count(value) ?? prompt
        case 19 where name.reads("completion_tokens"), 15 where name.reads("output_tokens"):
            completion = GenerationReport.count(value) ?? completion
        case 14 where name.reads("total_tokens"): total = GenerationReport.count(value)
        case 15 where name.reads("cached_tokens"),
            25 where name.reads("prompt_cache_hit_tokens"),
            25 where name.reads("cache_read_input_tokens"):
            cached = GenerationReport.count(value) ?? cached
        case 18 where name.reads("reasoning_tokens"): reasoning = GenerationReport.count(value)
        case 23 where name.reads("prompt_tokens_details"),
            22 where name.reads("input_tokens_details"):
            cached = GenerationReport.count(in: value, named: "cached_tokens") ?? cached
        case 27 where name.reads("completion_tokens_details"),
            23 where name.reads("output_tokens_details"):
            reasoning = GenerationReport.count(in: value, named: "reasoning_tokens") ?? reasoning
        default: break
        }
    }
}

/// LM Studio's `stats`: seconds and tokens per second; 0 and null stand for "not known".
struct StatsFigures {
    var tokensPerSecond: Double?
    var timeToFirstToken: Double?
    var generationTime: Double?
    /// A string token.
    var stopReason = JSONRange.absent

    /// Reads the value that the walker is at; nil unless it is an object.
    init?(_ walker: inout JSONWalker, _ text: Span<UInt8>) throws(JSONError) {
        guard walker.kind == .object else {
            try walker.skip()
            return nil
        }
        try walker.enterObject()
        while let name = try walker.nextName() {
            let range = try walker.skip()
            let name = text.extracting(name.bounds)
            let value = text.extracting(range.bounds)
            switch name.count {
            case 19 where name.reads("tokens_per_second"):
                tokensPerSecond = GenerationReport.speed(value)
            case 21 where name.reads("time_to_first_token"):
                timeToFirstToken = GenerationReport.seconds(value)
            case 17 where name.reads("generation_time"):
                generationTime = GenerationReport.seconds(value)
            case 13 where name.reads("stop_reason"):
                if value[0] == UInt8(ascii: "\"") { stopReason = range }
            default: break
            }
        }
    }
}
