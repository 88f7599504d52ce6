package import CrowdModelsProtocol

/// What a server said of a generation beside its text. What it did not say is nil; what it said
/// that cannot be, such as a billion tokens a second, counts as not said.
///
/// Many properties: one for each thing that some server tells.
package struct GenerationReport: Sendable {
    package internal(set) var promptTokens: Int?
    package internal(set) var completionTokens: Int?
    package internal(set) var cachedTokens: Int?
    package internal(set) var reasoningTokens: Int?
    /// Seconds, and tokens a second.
    package internal(set) var tokensPerSecond: Double? { didSet { speedText = NumberText() } }
    package internal(set) var timeToFirstToken: Double?
    package internal(set) var generationTime: Double?
    /// `tokensPerSecond` as the server wrote it; none where it did not, or not plainly.
    package private(set) var speedText = NumberText()
    package internal(set) var stopReason: String?
    /// What it said of what serves.
    package internal(set) var details = Details()
    /// The total that the server told, which need not be the sum.
    private var toldTotal: Int?
    /// Whether the server said that it cut the prompt.
    package internal(set) var isPromptTruncated = false
    /// The server's `usage` said it, so that its timings do not.
    private var hasUsage = false

    /// What a server says of the model that serves, and of itself.
    package struct Details: Sendable {
        /// What served the request, as a string token; empty where the server did not say.
        package internal(set) var servedBy: [UInt8] = []
        /// Objects on one line, as they came; empty for none.
        package internal(set) var modelInfo: [UInt8] = []
        package internal(set) var runtime: [UInt8] = []
    }

    package init() {}

    /// Bytes of memory that it takes, as far as it grows with what the server says.
    var allocated: Int {
        details.servedBy.capacity &+ details.modelInfo.capacity &+ details.runtime.capacity
    }

    /// Whether the server told the speed itself.
    package var isFromBackend: Bool { tokensPerSecond != nil || timeToFirstToken != nil }

    /// All tokens: as the server says, else the sum.
    package var totalTokens: Int? {
        if let toldTotal { return toldTotal }
        if promptTokens == nil, completionTokens == nil { return nil }
        return (promptTokens ?? 0) + (completionTokens ?? 0)
    }

    /// What served the request, as text.
    package var servedByName: String? {
        details.servedBy.isEmpty ? nil : JSONText.string(details.servedBy.span)
    }

    /// Whether it says that a model of that name served, spelt so.
    package func isServed(by model: String) -> Bool {
        JSONText.string(details.servedBy.span, reads: model)
    }

    /// Takes over what the frame says; in a stream the last word counts. What an answer before it
    /// said word for word is kept once.
    mutating func read(
        _ frame: AnswerFrame, _ text: Span<UInt8>, from start: Int, like last: AnswerShape?
    ) {
        let known = last?.details ?? Details()
        read(servedBy: frame.model, of: text, like: known)
        if let usage = frame.usage { take(usage, text) }
        if let stats = frame.stats { take(stats, text) }
        if frame.timings.isPresent { readTimings(text, frame.timings) }
        if frame.isTruncated { isPromptTruncated = true }
        if frame.hasOllamaCounts { readOllama(text, from: start) }
        if frame.modelInfo.isPresent, frame.modelInfo.count <= GenerationLimits.detailBytesMax {
            let info = text.extracting(frame.modelInfo.bounds)
            details.modelInfo =
                info.isEqual(to: known.modelInfo.span) ? known.modelInfo : Self.compact(info)
        }
        if frame.runtime.isPresent, frame.runtime.count <= GenerationLimits.detailBytesMax {
            let runtime = text.extracting(frame.runtime.bounds)
            details.runtime =
                runtime.isEqual(to: known.runtime.span) ? known.runtime : Self.compact(runtime)
        }
    }

    /// Takes over the name of what served, if it is there.
    @inline(__always)
    mutating func read(
        servedBy name: JSONRange, of text: Span<UInt8>, like known: Details = Details()
    ) {
        guard name.isPresent else { return }
        let token = text.extracting(name.bounds)
        if token.isEqual(to: details.servedBy.span) { return }
        if token.isEqual(to: known.servedBy.span) {
            details.servedBy = known.servedBy
        } else if token.count <= GenerationLimits.nameBytesMax {
            details.servedBy = Self.bytes(token)
        } else {
            var name = ByteBuffer()
            name.append(
                string: JSONText.string(token).shortened(to: GenerationLimits.nameBytesMax))
            details.servedBy = name.bytes
        }
    }

    /// An object of zeros is what servers send that did not count.
    private mutating func take(_ usage: borrowing UsageFigures, _ text: Span<UInt8>) {
        func count(_ value: JSONRange) -> Int? {
            value.isPresent ? Self.count(text.extracting(value.bounds)) : nil
        }
        let (prompt, completion) = (count(usage.prompt), count(usage.completion))
        if (prompt ?? 0) == 0, (completion ?? 0) == 0 { return }
        if !hasUsage { toldTotal = nil }
        hasUsage = true
        promptTokens = prompt ?? promptTokens
        completionTokens = completion ?? completionTokens
        toldTotal = count(usage.total) ?? toldTotal
        cachedTokens = count(usage.cached) ?? cachedTokens
        reasoningTokens = count(usage.reasoning) ?? reasoningTokens
    }

    private mutating func take(_ stats: borrowing StatsFigures, _ text: Span<UInt8>) {
        let (speed, first) = (stats.tokensPerSecond, stats.timeToFirstToken)
        if speed.isPresent, let told = Self.speed(text.extracting(speed.bounds)) {
            tokensPerSecond = told
            speedText = NumberText(text.extracting(speed.bounds))
        }
        if first.isPresent {
            timeToFirstToken = Self.seconds(text.extracting(first.bounds)) ?? timeToFirstToken
        }
        if stats.generationTime.isPresent {
            generationTime =
                Self.seconds(text.extracting(stats.generationTime.bounds)) ?? generationTime
        }
        guard stats.stopReason.isPresent else { return }
        let reason = text.extracting(stats.stopReason.bounds)
        // Nearly every answer ends so.
        stopReason =
            reason.reads("eosFound")
            ? "eosFound" : JSONText.string(reason).shortened(to: GenerationLimits.nameBytesMax)
    }

    /// llama.cpp's `timings`: milliseconds, and tokens per second. The prompt is what was read now
    /// and what was in the cache.
    private mutating func readTimings(_ text: Span<UInt8>, _ timings: JSONRange) {
        var prompt: Int?
        var cached: Int?
        var completion: Int?
        Self.readMembers(text, from: timings) { name, value in
            switch name.count {
            case 22 where name.reads("predicted_per_second"): tokensPerSecond = Self.speed(value)
            case 11 where name.reads("prompt_ms"):
                timeToFirstToken = Self.seconds(value, in: 1000)
            case 14 where name.reads("predicted_ms"):
                generationTime = Self.seconds(value, in: 1000)
            case 10 where name.reads("prompt_n"): prompt = Self.count(value)
            case 9 where name.reads("cache_n"): cached = Self.count(value)
            case 13 where name.reads("predicted_n"): completion = Self.count(value)
            default: break
            }
        }
        cachedTokens = (hasUsage ? cachedTokens : nil) ?? cached ?? cachedTokens
        if hasUsage { return }
        promptTokens = prompt.map { $0 + (cached ?? 0) } ?? promptTokens
        completionTokens = completion ?? completionTokens
    }

    /// Ollama's own counts, in nanoseconds; a count of zero is left out.
    private mutating func readOllama(_ text: Span<UInt8>, from start: Int) {
        var loading = 0.0
        var reading: Double?
        Self.readMembers(text, from: JSONRange(start, text.count)) { name, value in
            switch name.count {
            case 19 where name.reads("prompt_eval_count"): promptTokens = Self.count(value)
            case 12 where name.reads("eval_count"): completionTokens = Self.count(value)
            case 15 where name.reads("eval_duration"):
                generationTime = Self.seconds(value, in: 1e9)
            case 15 where name.reads("load_duration"):
                loading = Self.seconds(value, in: 1e9) ?? 0
            case 22 where name.reads("prompt_eval_duration"):
                reading = Self.seconds(value, in: 1e9)
            default: break
            }
        }
        if let reading { timeToFirstToken = loading + reading }
        if let completionTokens, let generationTime {
            let speed = Double(completionTokens) / generationTime
            tokensPerSecond = speed <= GenerationLimits.tokensPerSecondMax ? speed : nil
        }
    }

    /// The model's architecture, as `model_info` tells it.
    package var arch: String? {
        let info = details.modelInfo
        if info.isEmpty { return nil }
        var arch: String?
        Self.readMembers(info.span, from: JSONRange(0, info.count)) { name, value in
            if name.reads("arch"), value[0] == UInt8(ascii: "\"") {
                arch = JSONText.string(value).shortened(to: GenerationLimits.nameBytesMax)
            }
        }
        return arch
    }
}

extension GenerationReport {
    /// Hands out the members of the valid object at `range`: names as they are written, and values.
    static func readMembers(
        _ text: Span<UInt8>, from range: JSONRange, _ take: (Span<UInt8>, Span<UInt8>) -> Void
    ) {
        var reader = JSONMemberReader(from: Int(range.start))
        while let member = (try? reader.next(in: text)) ?? nil {
            take(text.extracting(member.name.bounds), text.extracting(member.value.bounds))
        }
    }

    /// Hands out where the members of the valid object at `range` stand.
    static func readMembers(
        _ text: Span<UInt8>, at range: JSONRange, _ take: (JSONRange, JSONRange) -> Void
    ) {
        var reader = JSONMemberReader(from: Int(range.start))
        while let member = (try? reader.next(in: text)) ?? nil { take(member.name, member.value) }
    }

    /// A number of tokens that can be one, as a number or as a text of digits.
    static func count(_ token: Span<UInt8>) -> Int? {
        let isText = token[0] == UInt8(ascii: "\"") && token.count > 2
        let digits = isText ? token.extracting(1..<token.count - 1) : token
        guard JSONKind(firstByte: digits[0]) == .number, let count = JSONText.integer(digits),
            count >= 0, count <= GenerationLimits.tokensMax
        else { return nil }
        return count
    }

    private static func positive(_ token: Span<UInt8>, max: Double) -> Double? {
        guard JSONKind(firstByte: token[0]) == .number, let value = JSONText.double(token),
            value > 0, value <= max
        else { return nil }
        return value
    }

    static func speed(_ token: Span<UInt8>) -> Double? {
        positive(token, max: GenerationLimits.tokensPerSecondMax)
    }

    /// A time in parts of a second, of which there are `parts`.
    static func seconds(_ token: Span<UInt8>, in parts: Double = 1) -> Double? {
        positive(token, max: GenerationLimits.secondsMax * parts).map { $0 / parts }
    }

    /// A value on one line.
    private static func compact(_ token: Span<UInt8>) -> [UInt8] {
        if !token.hasSpace { return bytes(token) }
        var buffer = ByteBuffer(capacity: token.count)
        buffer.append(compact: token)
        return buffer.bytes
    }

    private static func bytes(_ token: Span<UInt8>) -> [UInt8] {
        unsafe token.withUnsafeBufferPointer { unsafe Array($0) }
    }
}
