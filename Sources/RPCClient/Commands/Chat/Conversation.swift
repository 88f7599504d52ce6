import CrowdModelsProtocol
import Screen

/// What was said so far, and what the next answer is asked with.
struct Conversation {
    var model: String?
    var system: String?
    private(set) var messages: [JSONValue] = []
    private(set) var turns = 0
    private(set) var tokens = 0
    /// The figures of the last answer; nil before the first.
    private(set) var figures: String?

    /// The messages to send for the next answer to `text`.
    func asking(_ text: String) -> [JSONValue] {
        let first = system.map { [ChatMessage.system($0).json] } ?? []
        return first + messages + [ChatMessage.user(text).json]
    }

    /// Keeps a question and what was answered; `result` is nil for an answer that was broken off.
    mutating func keep(_ question: String, _ answer: String, _ result: CompleteResult?) {
        messages += [ChatMessage.user(question).json, ChatMessage.assistant(answer).json]
        turns += 1
        guard let result else { return }
        tokens += result.usage?.totalTokens ?? 0
        figures = AnswerFigures.line(result)
    }

    mutating func clear() { messages = [] }

    /// As a file holds it.
    var json: JSONValue {
        var object = JSONObject()
        object["model"] = model.map(JSONValue.string)
        object["system_prompt"] = system.map(JSONValue.string)
        object["messages"] = .array(messages)
        return .object(object)
    }

    /// Goes on with what a file holds; what is wrong with it where it holds no conversation.
    mutating func load(_ json: JSONValue) -> String? {
        guard let messages = json.arrayValue ?? json["messages"]?.arrayValue else {
            return "it holds no messages"
        }
        guard messages.allSatisfy({ $0["role"]?.stringValue != nil }) else {
            return "a message of it has no role"
        }
        if let model = json["model"]?.stringValue { self.model = model }
        system = json["system_prompt"]?.stringValue
        self.messages = messages
        return nil
    }

    /// What `/stats` says.
    var statistics: [String] {
        guard let figures else { return ["no answer yet"] }
        return [
            figures,
            "in all " + Units.count(turns, "answer") + ", " + Units.count(tokens, "token"),
        ]
    }
}
