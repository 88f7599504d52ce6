import CrowdModelsProtocol
import HTTP

/// What has come of a stream so far. Text is kept as the inside of a JSON string, as it came.
struct StreamState {
    /// Cuts the body into events; apart from the rest, which changes while it hands one out.
    let parser = StreamParser()
    var isEventStream = false
    /// An answer that is no event stream, to be read whole at its end.
    var plainBody: [UInt8] = []
    var content: [UInt8] = []
    var reasoning: [UInt8] = []
    var toolCalls: [ToolCall] = []
    /// Bytes of tool calls as they came.
    var toolCallBytes = 0
    /// The next delta's number.
    var sequence = 0
    /// Deltas with text: tokens, as far as anybody can tell.
    var tokens = 0
    var firstTokenAt: UInt64 = 0
    var lastTokenAt: UInt64 = 0
    var hasFinishReason = false
    var isDone = false

    /// Whether the caller was given anything.
    var hasText: Bool { sequence > 0 }

    /// Bytes that the result will hold at least: a server that never ends must not take all memory.
    var resultBytes: Int { content.count + reasoning.count + toolCallBytes }

    /// The text so far.
    var contentText: String {
        var plain = ByteBuffer(capacity: content.count)
        JSONText.appendUnescaped(content.span, to: &plain)
        return plain.text
    }

    /// Bytes of an answer that is no stream: an error, or a whole answer in spite of the question.
    static let plainBodyMax = 8 * 1024 * 1024
}

/// An event stream's parser with a place of its own.
final class StreamParser {
    var events = EventStreamParser()
}

/// One call that the model asks for, put together from its deltas.
struct ToolCall {
    var index: Int
    var id: String?
    var type: String?
    var name = ""
    var arguments = ""

    /// The call in OpenAI's form.
    var json: JSONValue {
        var call = JSONObject()
        call["id"] = id.map { .string($0) }
        call["type"] = .string(type ?? "function")
        call["function"] = ["name": .string(name), "arguments": .string(arguments)]
        return .object(call)
    }

    /// Calls in one answer: models make a handful, agents' servers some dozens; each delta is
    /// looked up among them.
    static let callsMax = 1024

    /// Adds the deltas of one frame; false once there are more calls than `callsMax`.
    static func merge(_ deltas: JSONValue, into calls: inout [ToolCall]) -> Bool {
        for delta in deltas.arrayValue ?? [] {
            let index = delta["index"]?.integerValue ?? calls.count
            let place: Int
            if let known = calls.firstIndex(where: { $0.index == index }) {
                place = known
            } else {
                place = calls.count
                if place == callsMax { return false }
                calls.append(ToolCall(index: index))
            }
            if let id = delta["id"]?.stringValue { calls[place].id = id }
            if let type = delta["type"]?.stringValue { calls[place].type = type }
            calls[place].name += delta["function"]?["name"]?.stringValue ?? ""
            let arguments = delta["function"]?["arguments"]
            calls[place].arguments += arguments?.stringValue ?? arguments?.text ?? ""
        }
        return true
    }
}
