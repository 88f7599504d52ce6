/// The whole answer, known before its first token is sent.
struct Script {
    struct Call {
        let id: String
        let name: String
        let arguments: [String]
    }

    var thought: [String] = []
    var pieces: [String] = []
    var call: Call?
    /// OpenAI's word for the end, and LM Studio's own.
    var finish = "stop"
    var stopReason = "eosFound"

    var tokens: Int { thought.count + pieces.count + (call?.arguments.count ?? 0) }
    var content: String { pieces.joined() }
    var reasoning: String { thought.joined() }

    /// How many tokens an answer has when nothing else says it: 16 to 79, by the prompt.
    static let tokensMin = 16
    static let tokensSpread = 64
    static let thoughtTokens = 8
    /// About 6 MB of text: longer than any context.
    static let tokensMost = 1_000_000

    /// `tokens` is the length of every free answer, or nil for one that varies with the prompt.
    init(_ prompt: Prompt, model: String, tokens: Int?) {
        var prose = Prose(seed: Array(model.utf8) + [0] + prompt.essence)
        var wish = prompt.text
        if wish.hasPrefix("think:") {
            thought = prose.pieces(Script.thoughtTokens)
            wish.removeFirst("think:".count)
        }
        if let call = Script.call(wish, prompt, &prose) {
            self.call = call
            finish = "tool_calls"
            stopReason = "toolCalls"
            return
        }
        if wish.hasPrefix("echo:") {
            pieces = Prose.pieces(of: String(wish.dropFirst("echo:".count)))
        } else if let schema = prompt.schema {
            pieces = Prose.pieces(
                of: String(decoding: prose.value(for: schema).bytes(), as: UTF8.self))
        } else if wish.hasPrefix("tokens:"), let count = Int(wish.dropFirst("tokens:".count)) {
            pieces = prose.pieces(max(0, min(count, Script.tokensMost)))
        } else {
            pieces = prose.pieces(tokens ?? Script.tokensMin + prose.below(Script.tokensSpread))
        }
        limit(prompt)
    }

    private mutating func limit(_ prompt: Prompt) {
        if let most = prompt.tokensMax, thought.count + pieces.count > most {
            thought = Array(thought.prefix(most))
            pieces = Array(pieces.prefix(most - thought.count))
            finish = "length"
            stopReason = "maxPredictedTokensReached"
        }
        guard !prompt.stops.isEmpty else { return }
        let text = Array(content.utf8)
        let ends = prompt.stops.compactMap { Script.first(Array($0.utf8), in: text) }
        guard let end = ends.min() else { return }
        pieces = Prose.pieces(of: String(decoding: text[..<end], as: UTF8.self))
        finish = "stop"
        stopReason = "stopStringFound"
    }

    private static func first(_ sought: [UInt8], in text: [UInt8]) -> Int? {
        guard sought.count <= text.count else { return nil }
        return (0...(text.count - sought.count)).first {
            text[$0] == sought[0] && text[$0..<($0 + sought.count)].elementsEqual(sought)
        }
    }

    /// `call:NAME` or `call:NAME {"city":"Paris"}`, when the request offers that tool.
    private static func call(_ wish: String, _ prompt: Prompt, _ prose: inout Prose) -> Call? {
        guard prompt.toolChoice != "none", !prompt.tools.isEmpty else { return nil }
        var name = prompt.tools[0]["function"]?["name"]?.text ?? ""
        var given = ""
        if wish.hasPrefix("call:") {
            let parts = wish.dropFirst("call:".count).split(separator: " ", maxSplits: 1)
            name = parts.first.map(String.init) ?? ""
            given = parts.count > 1 ? String(parts[1]) : ""
        } else if prompt.toolChoice != "required" {
            return nil
        }
        guard let tool = prompt.tools.first(where: { $0["function"]?["name"]?.text == name }) else {
            return nil
        }
        if given.isEmpty {
            let schema = tool["function"]?["parameters"] ?? ["type": "object"]
            given = String(decoding: prose.value(for: schema).bytes(), as: UTF8.self)
        }
        let id = String(100_000_000 + prose.below(900_000_000))
        return Call(id: id, name: name, arguments: Prose.pieces(of: given))
    }
}
