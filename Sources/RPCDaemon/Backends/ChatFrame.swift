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

    /// Reads one JSON object. Throws where the text is none.
    package init(_ text: Span<UInt8>) throws(JSONError) {
        let start = JSONText.skippingSpace(text)
        var reader = JSONMemberReader(from: start)
        while let member = try reader.next(in: text) {
            let name = text.extracting(member.name.bounds)
            switch name.count {
            case 7 where Self.reads(name, "model"): model = string(member.value, text)
            case 7 where Self.reads(name, "usage"): usage = object(member.value, text)
            case 7 where Self.reads(name, "stats"): stats = object(member.value, text)
            case 7 where Self.reads(name, "error"): error = present(member.value, text)
            case 9 where Self.reads(name, "choices"): try readChoices(member.value, text)
            case 9 where Self.reads(name, "runtime"): runtime = object(member.value, text)
            case 9 where Self.reads(name, "timings"): timings = object(member.value, text)
            case 12 where Self.reads(name, "model_info"): modelInfo = object(member.value, text)
            default: break
            }
        }
        let rest = JSONText.skippingSpace(text, from: reader.at)
        if rest < text.count { throw JSONError(.trailingBytes, at: rest) }
    }

    private mutating func readChoices(
        _ choices: JSONRange, _ text: Span<UInt8>
    ) throws(JSONError) {
        guard text[Int(choices.start)] == UInt8(ascii: "[") else { return }
        var elements = JSONElementReader(from: Int(choices.start))
        guard let first = try elements.next(in: text),
            text[Int(first.start)] == UInt8(ascii: "{")
        else { return }
        hasChoice = true
        var reader = JSONMemberReader(from: Int(first.start))
        while let member = try reader.next(in: text) {
            let name = text.extracting(member.name.bounds)
            switch name.count {
            case 7 where Self.reads(name, "delta"), 9 where Self.reads(name, "message"):
                try readMessage(member.value, text)
            case 15 where Self.reads(name, "finish_reason"):
                finishReason = string(member.value, text)
            case 6 where Self.reads(name, "text"): content = string(member.value, text)
            // Some services put the error of one upstream into its choice.
            case 7 where Self.reads(name, "error"): error = present(member.value, text)
            default: break
            }
        }
    }

    private mutating func readMessage(
        _ message: JSONRange, _ text: Span<UInt8>
    ) throws(JSONError) {
        guard text[Int(message.start)] == UInt8(ascii: "{") else { return }
        var reader = JSONMemberReader(from: Int(message.start))
        while let member = try reader.next(in: text) {
            let name = text.extracting(member.name.bounds)
            switch name.count {
            case 9 where Self.reads(name, "content"): content = string(member.value, text)
            case 11 where Self.reads(name, "reasoning"),
                19 where Self.reads(name, "reasoning_content"):
                let value = string(member.value, text)
                if value.count > 2 || !reasoning.isPresent { reasoning = value }
            case 12 where Self.reads(name, "tool_calls"):
                toolCalls = array(member.value, text)
            default: break
            }
        }
    }

    @inline(__always)
    private static func reads(_ name: Span<UInt8>, _ literal: StaticString) -> Bool {
        JSONText.string(name, hasEscape: false, equals: literal)
    }

    private func string(_ value: JSONRange, _ text: Span<UInt8>) -> JSONRange {
        text[Int(value.start)] == UInt8(ascii: "\"") ? value : .absent
    }

    private func present(_ value: JSONRange, _ text: Span<UInt8>) -> JSONRange {
        text[Int(value.start)] == UInt8(ascii: "n") ? .absent : value
    }

    private func object(_ value: JSONRange, _ text: Span<UInt8>) -> JSONRange {
        container(value, text, UInt8(ascii: "{"))
    }

    private func array(_ value: JSONRange, _ text: Span<UInt8>) -> JSONRange {
        container(value, text, UInt8(ascii: "["))
    }

    private func container(
        _ value: JSONRange, _ text: Span<UInt8>, _ opening: UInt8
    ) -> JSONRange {
        let start = Int(value.start)
        guard text[start] == opening else { return .absent }
        let first = JSONText.skippingSpace(text, from: start + 1)
        return first + 1 == Int(value.end) ? .absent : value
    }
}
