/// One completion as one server is to be asked for it: what was placed there, and what was learned
/// of how that server takes it. An attempt keeps it, and asks with the next one where a server
/// turns out to take it in another way.
package struct ChatCall: Equatable, Sendable {
    /// The model, as that server spells it.
    package var model: String
    /// What llama.cpp is to serve it with, where that was assigned.
    package var slot: Int?
    /// As text completion, and no chat: the prompt as it is, or a conversation as plain text.
    package var isRaw: Bool
    /// The form of `response_format`, where the server refused the one it came in.
    var format = ResponseFormat.Form.asGiven
    /// The ways that it was asked for and that the server does not have.
    var refused: Ways = []

    package init(model: String, slot: Int? = nil, isRaw: Bool = false) {
        self.model = model
        self.slot = slot
        self.isRaw = isRaw
    }

    /// Ways of asking that a server may lack; each is left at most once by one attempt.
    struct Ways: OptionSet, Sendable {
        let rawValue: UInt8

        /// One of several APIs of the same server.
        static let api = Ways(rawValue: 1)
        /// Text completion, or chat.
        static let kind = Ways(rawValue: 2)
        /// The form of `response_format`.
        static let format = Ways(rawValue: 4)
    }

    /// The same call, asked for no more in that way; nil where it has left it before.
    func leaving(_ way: Ways) -> ChatCall? {
        if refused.contains(way) { return nil }
        var next = self
        next.refused.insert(way)
        return next
    }

    /// What is different from the call before, for the log: nil where nobody has to know.
    package func words(after before: ChatCall) -> String? {
        if before.isRaw, !isRaw { return "has no text completion; a raw prompt is asked by chat" }
        if isRaw, !before.isRaw {
            return "has no chat template for \(model); it is asked by text completion"
        }
        switch format == before.format ? .asGiven : format {
        case .asGiven: return nil
        case .object: return "takes no json_schema; response_format is asked as json_object"
        case .schema: return "takes no json_object; response_format is asked as json_schema"
        }
    }

    func with(raw: Bool) -> ChatCall {
        var next = self
        next.isRaw = raw
        return next
    }

    func with(format: ResponseFormat.Form) -> ChatCall {
        var next = self
        next.format = format
        return next
    }
}

/// The form in which a server takes the body of a completion, where servers differ.
struct ChatForm {
    /// A stream, whatever the caller wants.
    var isStream = false
    /// A stream with its usage at the end, where the server knows `stream_options`.
    var hasUsage = true
    /// A stream that tells how much of the prompt is read.
    var hasProgress = false
    /// The form of `response_format` that the server takes.
    var format = ResponseFormat.Form.asGiven
    var reasoning = ReasoningForm.effort
    /// Tokens that are asked for where the caller does not say how many; nil for the server's own.
    var tokensMax: Int?
    /// What the server calls `repeat_penalty`.
    var repeatPenalty: StaticString = "repeat_penalty"

    /// How a server is told to think, or not to.
    enum ReasoningForm {
        /// `reasoning_effort`, where true is `medium` and false `none`, as OpenAI has it.
        case effort
        /// The same, where true is `on` and false `off`.
        case effortOrSwitch
        /// A switch of the model's template, and the effort for templates that know one.
        case template
    }
}
