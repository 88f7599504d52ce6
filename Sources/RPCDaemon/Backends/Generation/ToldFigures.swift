import CrowdModelsProtocol

/// OpenAI's `usage`, under the names that its relatives give it, too.
struct UsageFigures {
    var prompt = JSONRange.absent
    var completion = JSONRange.absent
    var total = JSONRange.absent
    var cached = JSONRange.absent
    var reasoning = JSONRange.absent

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
            take(text.extracting(name.bounds), value, text)
        }
        if isEmpty { return nil }
    }

    @inline(__always)
    private mutating func take(_ name: Span<UInt8>, _ value: JSONRange, _ text: Span<UInt8>) {
        switch name.count {
        case 15 where name.reads("prompt_tokens"), 14 where name.reads("input_tokens"):
            prompt = Self.count(value, text) ?? prompt
        case 19 where name.reads("completion_tokens"), 15 where name.reads("output_tokens"):
            completion = Self.count(value, text) ?? completion
        case 14 where name.reads("total_tokens"): total = Self.count(value, text) ?? .absent
        case 15 where name.reads("cached_tokens"),
            25 where name.reads("prompt_cache_hit_tokens"),
            25 where name.reads("cache_read_input_tokens"):
            cached = Self.count(value, text) ?? cached
        case 18 where name.reads("reasoning_tokens"):
            reasoning = Self.count(value, text) ?? .absent
        case 23 where name.reads("prompt_tokens_details"),
            22 where name.reads("input_tokens_details"):
            cached = Self.count(in: value, named: "cached_tokens", text) ?? cached
        case 27 where name.reads("completion_tokens_details"),
            23 where name.reads("output_tokens_details"):
            reasoning = Self.count(in: value, named: "reasoning_tokens", text) ?? reasoning
        default: break
        }
    }

    /// Where a number of tokens stands that can be one.
    private static func count(_ value: JSONRange, _ text: Span<UInt8>) -> JSONRange? {
        GenerationReport.count(text.extracting(value.bounds)) == nil ? nil : value
    }

    private static func count(
        in object: JSONRange, named wanted: StaticString, _ text: Span<UInt8>
    ) -> JSONRange? {
        guard text[Int(object.start)] == UInt8(ascii: "{") else { return nil }
        var found: JSONRange?
        GenerationReport.readMembers(text, at: object) { name, value in
            if text.extracting(name.bounds).reads(wanted) { found = count(value, text) }
        }
        return found
    }
}

/// LM Studio's `stats`: seconds and tokens per second; 0 and null stand for "not known".
struct StatsFigures {
    var tokensPerSecond = JSONRange.absent
    var timeToFirstToken = JSONRange.absent
    var generationTime = JSONRange.absent
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
            let value = try walker.skip()
            let name = text.extracting(name.bounds)
            switch name.count {
            case 19 where name.reads("tokens_per_second"): tokensPerSecond = value
            case 21 where name.reads("time_to_first_token"): timeToFirstToken = value
            case 17 where name.reads("generation_time"): generationTime = value
            case 13 where name.reads("stop_reason"):
                if text[Int(value.start)] == UInt8(ascii: "\"") { stopReason = value }
            default: break
            }
        }
    }
}
