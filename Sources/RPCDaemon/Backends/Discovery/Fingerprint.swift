import CrowdModelsProtocol

/// Finds out which model server listens at one place, if one does: which question is next, and what
/// follows from the answer.
///
/// Each question is a GET that neither loads a model nor generates nor changes anything, whoever
/// listens. The list of models comes first, since every server has it and most say in it whose it
/// is; who answers it with anything else is asked nothing more.
struct Fingerprint: Sendable {
    enum Step: Equatable, Sendable {
        case ask(String)
        /// It is a server of this kind, its OpenAI API below `base`.
        case found(ServerKind, base: String)
        /// A server that is about to be one.
        case starting
        /// None that is known.
        case nothing
    }

    /// The question that waits for its answer; each is left by `take`.
    private enum Question: String {
        case list = "/v1/models"
        case dockerList = "/engines/v1/models"
        case greeting = "/lmstudio-greeting"
        /// The same, after the list was refused without a key.
        case lockedGreeting
        case root = "/"
        case localAI = "/.well-known/localai.json"
        case liveliness = "/health/liveliness"
        case health = "/health"

        /// Whether it matters if the answer is a list of models.
        var mayBeList: Bool { self == .list || self == .dockerList || self == .greeting }
    }

    private let port: UInt16
    /// Whether the user named this place as one of a model server.
    private let isNamed: Bool
    private var question = Question.list
    /// What the list did and did not say.
    private var list: OpenAIList?
    private var refusal = ErrorBody(Span())

    init(port: UInt16, isNamed: Bool) {
        self.port = port
        self.isNamed = isNamed
    }

    mutating func begin() -> Step { ask(.list) }

    private mutating func ask(_ question: Question) -> Step {
        self.question = question
        return .ask(question == .lockedGreeting ? Question.greeting.rawValue : question.rawValue)
    }

    /// Takes the answer to what was asked.
    ///
    /// - Parameter list: what a long answer is as a list; `body` is its front then.
    mutating func take(
        status: Int, _ body: Span<UInt8>, asList list: OpenAIList?? = nil
    ) -> Step {
        let isGood = (200..<300).contains(status)
        let read = isGood && question.mayBeList ? list ?? OpenAIList(body) : nil
        switch question {
        case .list: return takeList(read, status, body)
        case .dockerList:
            guard let read, read.saysList || !read.models.isEmpty else { return .nothing }
            return .found(.dockerModelRunner, base: "/engines/v1")
        case .greeting: return takeGreeting(isGood, status, body, read)
        case .lockedGreeting:
            return takeLocked(
                isGreeting: isGood && Self.isLMStudio(body),
                isAlone: status != 401 && status != 403)
        case .root:
            if isGood, Self.text(body) == "Ollama is running" { return found(.ollama) }
            guard let list = self.list, !list.models.isEmpty else {
                return isNamed ? found(.openai) : .nothing
            }
            let mayBe = list.owner == "openai" && port != KnownPorts.liteLLM
            return mayBe ? ask(.liveliness) : found(.openai)
        case .localAI:
            let isIt = isGood && Self.isObject(body) && ErrorBody(body).words == nil
            return found(isIt ? .localai : .openai)
        case .liveliness:
            if isGood, Self.text(body).contains("alive") { return found(.litellm) }
            return port == KnownPorts.liteLLM ? ask(.greeting) : found(.openai)
        case .health:
            // Python's spelling; llama.cpp writes it without the space.
            let isIt = isGood && Self.text(body) == "{\"status\": \"ok\"}"
            return found(isIt ? .mlxLM : .openai)
        }
    }

    private func found(_ kind: ServerKind) -> Step { .found(kind, base: "") }

    private mutating func takeList(_ list: OpenAIList?, _ status: Int, _ body: Span<UInt8>) -> Step
    {
        if status == 401 || status == 403 {
            refusal = ErrorBody(body)
            let isLiteLLM =
                refusal.type == "auth_error" || refusal.words?.contains("LiteLLM") == true
            return isLiteLLM ? found(.litellm) : ask(.lockedGreeting)
        }
        if status == 503, let words = ErrorBody(body).words?.lowercased() {
            return words.contains("loading") || words.contains("starting") ? .starting : .nothing
        }
        guard let list, list.saysList || !list.models.isEmpty else {
            return port == KnownPorts.dockerModelRunner ? ask(.dockerList) : .nothing
        }
        if list.kind != .openai { return found(list.kind) }
        if KnownPorts.jan.contains(port) { return found(.jan) }
        self.list = list
        // LiteLLM takes seconds for the first path that it does not know.
        let isFirst = port == KnownPorts.liteLLM && !list.models.isEmpty
        return ask(isFirst ? .liveliness : .greeting)
    }

    /// The list said nothing of whose it is: what else it left out tells whom to ask for.
    private mutating func takeGreeting(
        _ isGood: Bool, _ status: Int, _ body: Span<UInt8>, _ read: OpenAIList?
    ) -> Step {
        if isGood, Self.isLMStudio(body) { return found(.lmstudio) }
        // Whoever has a list of models for every question has none.
        if read != nil { return .nothing }
        guard let list, !list.models.isEmpty, !list.hasOwners else { return ask(.root) }
        if !list.hasDates { return ask(.localAI) }
        // Only now does something say what it is: `/health` of others may do work.
        return status == 404 && Self.text(body) == "Not Found" ? ask(.health) : found(.openai)
    }

    /// The list is for who has a key.
    private func takeLocked(isGreeting: Bool, isAlone: Bool) -> Step {
        let words = refusal.words ?? ""
        if isGreeting || words.contains("LM Studio") { return found(.lmstudio) }
        if KnownPorts.jan.contains(port) { return found(.jan) }
        if refusal.type == "authentication_error", KnownPorts.llamaCpp.contains(port) {
            return found(.llamaCpp)
        }
        if port == KnownPorts.textGenerationWebUI, words == "Unauthorized" {
            return found(.textGenerationWebUI)
        }
        if port == KnownPorts.sglang, words == "Unauthorized" { return found(.sglang) }
        // vLLM keeps only its API behind the key.
        if words == "Unauthorized", isAlone { return found(.vllm) }
        // OpenAI's own shape says of what the key is one.
        if !words.isEmpty, refusal.type != nil || refusal.code != nil { return found(.openai) }
        return isNamed && !words.isEmpty ? found(.openai) : .nothing
    }

    private static func isLMStudio(_ body: Span<UInt8>) -> Bool {
        JSONPlace.read(body) { answer, text in answer.member("lmstudio", text)?.isTrue(text) }
            ?? false
    }

    private static func isObject(_ body: Span<UInt8>) -> Bool {
        JSONPlace.read(body) { answer, text in answer.isObject(text) } ?? false
    }

    /// What an answer begins with, spaces around it left out.
    private static func text(_ body: Span<UInt8>) -> String {
        var front = body.extracting(..<min(body.count, 64))
        while front.count > 0, front[front.count - 1] <= 0x20 {
            front = front.extracting(..<(front.count - 1))
        }
        return unsafe front.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
