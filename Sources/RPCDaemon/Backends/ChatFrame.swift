package import CrowdModelsProtocol

/// An answer to a chat request, whole or one chunk of a stream: where its parts stand in the text.
///
/// Both have one shape but for `message` and `delta` (OpenAI chat completions; LM Studio v0 adds
/// `stats`, `model_info`, `runtime`; llama.cpp adds `timings`). Only the first choice is read.
package struct ChatFrame: Sendable {
    /// The text's string token, possibly empty; absent for null.
    package var content = JSONRange.absent
    /// The reasoning's string token: `reasoning_content`, or `reasoning` where servers call it so.
    package var reasoning = JSONRange.absent
    /// A tool call array with at least one element.
    package var toolCalls = JSONRange.absent
    /// A string token.
    package var finishReason = JSONRange.absent
    /// A string token: what served the request.
    package var model = JSONRange.absent
    /// Objects, absent when null or empty.
    package var usage = JSONRange.absent
    package var stats = JSONRange.absent
    package var modelInfo = JSONRange.absent
    package var runtime = JSONRange.absent
    package var timings = JSONRange.absent
    /// Anything but null: an object or a string.
    package var error = JSONRange.absent
    /// Whether it had a first choice at all.
    package var hasChoice = false

    /// Reads one JSON object, each byte once. Throws where the text is none.
    package init(_ text: Span<UInt8>) throws(JSONError) {
        var walker = JSONWalker(text)
        try walker.enterObject()
        while let name = try walker.nextName() {
            let token = text.extracting(name.bounds)
            switch token.count {
            case 7 where Self.reads(token, "model"): model = try string(&walker)
            case 7 where Self.reads(token, "usage"): usage = try object(&walker, text)
            case 7 where Self.reads(token, "stats"): stats = try object(&walker, text)
            case 7 where Self.reads(token, "error"): error = try present(&walker)
            case 9 where Self.reads(token, "choices"): try readChoices(&walker, text)
            case 9 where Self.reads(token, "runtime"): runtime = try object(&walker, text)
            case 9 where Self.reads(token, "timings"): timings = try object(&walker, text)
            case 12 where Self.reads(token, "model_info"): modelInfo = try object(&walker, text)
            default: try walker.skip()
            }
        }
        try walker.end()
    }

    private mutating func readChoices(
        _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) {
        guard walker.kind == .array else {
            try walker.skip()
            return
        }
        try walker.enterArray()
        while try walker.nextElement() {
            if hasChoice || walker.kind != .object {
                try walker.skip()
            } else {
                hasChoice = true
                try readChoice(&walker, text)
            }
        }
    }

    private mutating func readChoice(
        _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) {
        try walker.enterObject()
        while let name = try walker.nextName() {
            let token = text.extracting(name.bounds)
            switch token.count {
            case 7 where Self.reads(token, "delta"), 9 where Self.reads(token, "message"):
                try readMessage(&walker, text)
            case 15 where Self.reads(token, "finish_reason"): finishReason = try string(&walker)
            case 6 where Self.reads(token, "text"): content = try string(&walker)
            // Some services put the error of one upstream into its choice.
            case 7 where Self.reads(token, "error"): error = try present(&walker)
            default: try walker.skip()
            }
        }
    }

    private mutating func readMessage(
        _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) {
        guard walker.kind == .object else {
            try walker.skip()
            return
        }
        try walker.enterObject()
        while let name = try walker.nextName() {
            let token = text.extracting(name.bounds)
            switch token.count {
            case 9 where Self.reads(token, "content"): content = try string(&walker)
            case 11 where Self.reads(token, "reasoning"),
                19 where Self.reads(token, "reasoning_content"):
                let value = try string(&walker)
                if value.count > 2 || !reasoning.isPresent { reasoning = value }
            case 12 where Self.reads(token, "tool_calls"): toolCalls = try array(&walker, text)
            default: try walker.skip()
            }
        }
    }

    @inline(__always)
    private static func reads(_ name: Span<UInt8>, _ literal: StaticString) -> Bool {
        JSONText.string(name, hasEscape: false, equals: literal)
    }

    private func string(_ walker: inout JSONWalker) throws(JSONError) -> JSONRange {
        let isString = walker.kind == .string
        let value = try walker.skip()
        return isString ? value : .absent
    }

    private func present(_ walker: inout JSONWalker) throws(JSONError) -> JSONRange {
        let isNull = walker.kind == .null
        let value = try walker.skip()
        return isNull ? .absent : value
    }

    private func object(
        _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) -> JSONRange {
        try container(&walker, text, .object)
    }

    private func array(
        _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) -> JSONRange {
        try container(&walker, text, .array)
    }

    private func container(
        _ walker: inout JSONWalker, _ text: Span<UInt8>, _ kind: JSONKind
    ) throws(JSONError) -> JSONRange {
        let isWanted = walker.kind == kind
        let value = try walker.skip()
        guard isWanted else { return .absent }
        let first = JSONText.skippingSpace(text, from: Int(value.start) + 1)
        return first + 1 == Int(value.end) ? .absent : value
    }
}
