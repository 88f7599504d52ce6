/// Writes the frames of one chat stream; what they share is written once.
struct ChatFrames {
    private let envelope: [UInt8]
    private let opening: [UInt8]
    private let closing: [UInt8]
    private let hasNullUsage: Bool
    private let hasStats: Bool
    private let repeatsRole: Bool
    private let reasoningField: String

    init(_ exchange: Exchange, _ place: Shelf.Place, isV0: Bool) {
        var model: [UInt8] = []
        JSON.quote(exchange.shownModel(place), into: &model)
        let id = Exchange.identifier("chatcmpl-")
        envelope =
            Array("data: {\"id\":\"\(id)\",\"object\":\"chat.completion.chunk\",".utf8)
            + Array("\"created\":\(Clock.date),\"model\":".utf8) + model
            + Array(",\"system_fingerprint\":".utf8) + model
        opening = envelope + Array(",\"choices\":[{\"index\":0,\"delta\":{".utf8)
        hasNullUsage = exchange.fault("usage")?.argument == "null"
        hasStats = isV0 && exchange.fault("stats-in-stream") != nil
        repeatsRole = exchange.fault("old") != nil
        reasoningField = place.model.reasoningField
        closing = Array("},\"logprobs\":null,\"finish_reason\":null}]".utf8)
    }

    private func whole(_ delta: [UInt8], _ closing: [UInt8]) -> [UInt8] {
        let usage = hasNullUsage ? ",\"usage\":null}" : "}"
        return opening + delta + closing + Array(usage.utf8)
    }

    /// Token `index`: first the thought's, then the call's arguments or the text's.
    func token(_ index: Int, of script: Script) -> [UInt8] {
        if let call = script.call, index >= script.thought.count {
            var delta = Array("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":".utf8)
            JSON.quote(call.arguments[index - script.thought.count], into: &delta)
            return whole(delta + Array("}}]".utf8), closing)
        }
        let isThought = index < script.thought.count
        let isFirst = index == 0 && script.call == nil
        var delta: [UInt8] = []
        if isFirst || repeatsRole { delta += "\"role\":\"assistant\",".utf8 }
        JSON.quote(isThought ? reasoningField : "content", into: &delta)
        delta.append(UInt8(ascii: ":"))
        let piece =
            isThought ? script.thought[index] : script.pieces[index - script.thought.count]
        JSON.quote(piece, into: &delta)
        return whole(delta, closing)
    }

    func callStart(_ call: Script.Call) -> [UInt8] {
        let calls: JSON = [
            [
                "index": 0, "id": .string(call.id), "type": "function",
                "function": ["name": .string(call.name), "arguments": ""],
            ]
        ]
        let delta = Array("\"role\":\"assistant\",\"tool_calls\":".utf8) + calls.bytes()
        return whole(delta, closing)
    }

    func finish(_ script: Script, _ usage: JSON?, _ stats: [JSON.Member]) -> [UInt8] {
        let delta = repeatsRole ? "\"role\":\"assistant\"" : ""
        let end = Array("},\"logprobs\":null,\"finish_reason\":\"\(script.finish)\"}]".utf8)
        if !hasStats { return whole(Array(delta.utf8), end) }
        let more = JSON.object((usage.map { [.init(name: "usage", value: $0)] } ?? []) + stats)
        let members = more.bytes().dropFirst()
        return opening + Array(delta.utf8) + end + [UInt8(ascii: ",")] + members
    }

    func usage(_ usage: JSON) -> [UInt8] {
        envelope + Array(",\"choices\":[],\"usage\":".utf8) + usage.bytes() + [UInt8(ascii: "}")]
    }

    /// A frame with no choices, or without the field.
    func odd(_ choices: String) -> [UInt8] {
        envelope + Array((choices == "absent" ? "}" : ",\"choices\":[]}").utf8)
    }
}
