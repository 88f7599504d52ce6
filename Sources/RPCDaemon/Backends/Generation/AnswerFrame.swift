import CrowdModelsProtocol

/// One JSON object of an answer, whole or a chunk of a stream: where its parts stand in the text.
///
/// One shape for OpenAI's chat and text completions (with LM Studio's `stats`, `model_info`,
/// `runtime`, llama.cpp's `timings` and `prompt_progress`) and for Ollama's own answers. Of the
/// choices only that of index 0 counts.
///
/// Many properties: one for each part that some server sends.
struct AnswerFrame {
    /// What the model said, of the choice that counts.
    var message = AnswerMessage()
    /// Whether that choice, or Ollama's message, was there.
    var hasChoice = false
    /// Whether it is a whole message, and no delta of one.
    var isWhole = false
    /// A string token, not empty.
    var finishReason = JSONRange.absent
    /// Ollama: `done` is true.
    var isDone = false
    /// A string token, not empty: what served the request.
    var model = JSONRange.absent
    var usage: UsageFigures?
    var stats: StatsFigures?
    /// Objects, absent when null or empty.
    var modelInfo = JSONRange.absent
    var runtime = JSONRange.absent
    var timings = JSONRange.absent
    var promptProgress = JSONRange.absent
    /// Ollama's counts stand among the members of the frame itself.
    var hasOllamaCounts = false
    /// llama.cpp: it cut the prompt.
    var isTruncated = false
    /// Whether it says that it is an error, whatever else it holds.
    var isError = false
    /// LM Studio's own event, where it is one.
    var native = NativeEvent()
    /// Whether it has words that are an error where there is no choice.
    var hasWords = false
    /// An object in which some services put what they answer, beside words of their own.
    private var envelope = JSONRange.absent
    var hasEnvelope: Bool { envelope.isPresent }

    /// Reads the object that begins at `start`; answers where it has ended.
    mutating func read(_ text: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        let end = try readObject(text, from: start)
        if envelope.isPresent, !hasChoice, !isError, native.kind == .none {
            try open(envelope, text)
        }
        if native.kind != .none { resolveNative() }
        return end
    }

    private mutating func readObject(
        _ text: Span<UInt8>, from start: Int
    ) throws(JSONError) -> Int {
        var walker = JSONWalker(text, from: start)
        try walker.enterObject()
        while let name = try walker.nextName() {
            try take(text.extracting(name.bounds), &walker, text)
        }
        return walker.offset
    }

    /// Takes what stands in an envelope as what stands outside, where it is an answer or an error.
    private mutating func open(_ envelope: JSONRange, _ text: Span<UInt8>) throws(JSONError) {
        var inner = AnswerFrame()
        _ = try inner.readObject(text, from: Int(envelope.start))
        guard inner.hasChoice || inner.isError else { return }
        inner.usage = inner.usage ?? usage
        if !inner.model.isPresent { inner.model = model }
        self = inner
    }

    /// Takes one member of the frame; the walker stands at its value.
    @inline(__always)
    private mutating func take(
        _ name: Span<UInt8>, _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) {
        switch name.count {
        case 9 where name.reads("choices"): try readChoices(&walker, text)
        case 7 where name.reads("model"): model = try walker.filledString(text)
        case 7 where name.reads("usage"): usage = try UsageFigures(&walker, text) ?? usage
        case 7 where name.reads("error"): try readError(&walker, text)
        case 7 where name.reads("stats"): stats = try StatsFigures(&walker, text)
        case 9 where name.reads("runtime"): runtime = try walker.filled(.object, text)
        case 9 where name.reads("timings"): timings = try walker.filled(.object, text)
        case 12 where name.reads("model_info"): modelInfo = try walker.filled(.object, text)
        case 17 where name.reads("prompt_progress"):
            promptProgress = try walker.filled(.object, text)
        case 8 where name.reads("object"):
            let value = try walker.skip()
            if text.extracting(value.bounds).reads("error") { isError = true }
        case 6 where name.reads("type"):
            let value = try walker.skip()
            let type = text.extracting(value.bounds)
            if type.reads("error") { isError = true }
            native.kind = NativeEvent.kind(type)
        default: try takeOther(name, &walker, text)
        }
    }

    /// Members that only Ollama and errors have.
    private mutating func takeOther(
        _ name: Span<UInt8>, _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) {
        switch name.count {
        case 9 where name.reads("message"):
            if walker.kind == .object, !hasChoice {
                hasChoice = true
                try message.read(&walker, text)
            } else {
                hasWords = try walker.complains(text) || hasWords
            }
        case 10 where name.reads("response"):
            let kind = walker.kind
            let value = try walker.skip()
            if kind == .string { (message.content, hasChoice) = (value, true) }
            if kind == .object { envelope = value }
        case 10 where name.reads("thinking"): message.thinking = try walker.filledString(text)
        case 6 where name.reads("done"):
            let value = try walker.skip()
            isDone = text[Int(value.start)] == UInt8(ascii: "t")
        case 11 where name.reads("truncated"):
            let value = try walker.skip()
            isTruncated = text[Int(value.start)] == UInt8(ascii: "t")
        case 13 where name.reads("done_reason"): finishReason = try walker.filledString(text)
        case 19 where name.reads("prompt_eval_count"), 12 where name.reads("eval_count"):
            hasOllamaCounts = true
            try walker.skip()
        case 8 where name.reads("x_groq"): try readVendor(&walker, text)
        case 9 where name.reads("content"): native.content = try walker.filledString(text)
        case 10 where name.reads("progress"): native.progress = try walker.skip()
        case 8 where name.reads("result"):
            native.result = try walker.filled(.object, text)
            envelope = native.result
        case 6 where name.reads("data"), 8 where name.reads("output"):
            envelope = try walker.filled(.object, text)
        case 19 where name.reads("model_instance_id"):
            native.instance = try walker.filledString(text)
        case 8 where name.reads("detail"), 8 where name.reads("errors"), 5 where name.reads("msg"):
            hasWords = try walker.complains(text) || hasWords
        default: try walker.skip()
        }
    }

    /// A member of one service's own, in which its streams tell the usage.
    private mutating func readVendor(
        _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) {
        guard walker.kind == .object else {
            try walker.skip()
            return
        }
        try walker.enterObject()
        while let name = try walker.nextName() {
            if text.extracting(name.bounds).reads("usage") {
                let told = try UsageFigures(&walker, text)
                usage = usage ?? told
            } else {
                try walker.skip()
            }
        }
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
            if walker.kind == .object {
                var choice = AnswerChoice()
                try choice.read(&walker, text)
                take(choice, text)
            } else {
                try walker.skip()
            }
        }
    }

    @inline(__always)
    private mutating func take(_ choice: AnswerChoice, _ text: Span<UInt8>) {
        // Without an index it is the only one, or the first.
        if choice.index.isPresent {
            let index = text.extracting(choice.index.bounds)
            guard index.count == 1 && index[0] == UInt8(ascii: "0") || index.isZero else { return }
        } else if hasChoice {
            return
        }
        hasChoice = true
        message = choice.hasDelta ? choice.delta : choice.message
        isWhole = !choice.hasDelta && choice.hasMessage
        if choice.text.isPresent { message.content = choice.text }
        if choice.toolCalls.isPresent, !message.toolCalls.isPresent {
            message.toolCalls = choice.toolCalls
        }
        if choice.finishReason.isPresent { finishReason = choice.finishReason }
        usage = choice.usage ?? usage
        if choice.isError { isError = true }
    }

    private mutating func readError(
        _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) {
        if try walker.isError(text) { isError = true }
    }
}

/// One element of `choices`.
private struct AnswerChoice {
    var index = JSONRange.absent
    var delta = AnswerMessage()
    var hasDelta = false
    var message = AnswerMessage()
    var hasMessage = false
    /// The string token of a text completion.
    var text = JSONRange.absent
    /// Calls that stand beside the message and not in it.
    var toolCalls = JSONRange.absent
    var finishReason = JSONRange.absent
    var usage: UsageFigures?
    var isError = false

    @inline(__always)
    mutating func read(_ walker: inout JSONWalker, _ text: Span<UInt8>) throws(JSONError) {
        try walker.enterObject()
        while let name = try walker.nextName() {
            let token = text.extracting(name.bounds)
            switch token.count {
            case 7 where token.reads("delta"):
                if walker.kind == .object {
                    hasDelta = true
                    try delta.read(&walker, text)
                } else {
                    try walker.skip()
                }
            case 9 where token.reads("message"):
                if walker.kind == .object {
                    hasMessage = true
                    try message.read(&walker, text)
                } else {
                    try walker.skip()
                }
            case 7 where token.reads("index"): index = try walker.present()
            case 15 where token.reads("finish_reason"):
                finishReason = try walker.filledString(text)
            case 6 where token.reads("text"):
                let isText = walker.kind == .string
                let value = try walker.skip()
                if isText { self.text = value }
            case 7 where token.reads("usage"): usage = try UsageFigures(&walker, text)
            case 12 where token.reads("tool_calls"):
                toolCalls = try walker.filledList(text)
            // Some services put the error of one upstream into its choice.
            case 7 where token.reads("error"): isError = try walker.isError(text)
            default: try walker.skip()
            }
        }
    }
}

extension Span<UInt8> {
    /// Whether the token is a zero in any spelling: `0.0`, and `"0"` too.
    fileprivate var isZero: Bool {
        let isText = self[0] == UInt8(ascii: "\"")
        let digits = isText ? extracting(1..<Swift.max(1, count - 1)) : self
        return JSONText.integer(digits) == 0
    }

    /// Whether the string token reads `literal`, written without escapes.
    @inline(__always)
    func reads(_ literal: StaticString) -> Bool {
        JSONText.string(self, hasEscape: false, equals: literal)
    }
}

extension JSONWalker {
    /// Passes a value; absent unless it is an array or object that is not empty.
    @inline(__always)
    mutating func filledList(_ text: Span<UInt8>) throws(JSONError) -> JSONRange {
        try filled(kind == .object ? .object : .array, text)
    }

    /// Passes a value; absent where it is null.
    @inline(__always)
    mutating func present() throws(JSONError) -> JSONRange {
        let isNull = kind == .null
        let value = try skip()
        return isNull ? .absent : value
    }

    /// Passes a value; absent unless it is a string that is not empty.
    @inline(__always)
    mutating func filledString(_ text: Span<UInt8>) throws(JSONError) -> JSONRange {
        let isString = kind == .string
        let value = try skip()
        return isString && value.count > 2 ? value : .absent
    }

    /// Passes a value; absent unless it is a string, array or object that is not empty.
    @inline(__always)
    mutating func filledParts(_ text: Span<UInt8>) throws(JSONError) -> JSONRange {
        let kind = kind
        return kind == .array || kind == .object
            ? try filled(kind, text) : try filledString(text)
    }

    /// Passes a value; absent unless it is an array or object that is not empty.
    @inline(__always)
    mutating func filled(
        _ wanted: JSONKind, _ text: Span<UInt8>
    ) throws(JSONError) -> JSONRange {
        let isWanted = kind == wanted
        let value = try skip()
        guard isWanted else { return .absent }
        let first = JSONText.skippingSpace(text, from: Int(value.start) + 1)
        return first + 1 == Int(value.end) ? .absent : value
    }

    /// Passes words that stand where there is an answer or none: whether they say that there is
    /// none. Some services write that all is well.
    fileprivate mutating func complains(_ text: Span<UInt8>) throws(JSONError) -> Bool {
        if kind != .string { return try present().isPresent }
        let value = try filledString(text)
        guard value.isPresent else { return false }
        if value.count > 11 { return true }
        return !["success", "succeeded", "ok"].contains(
            JSONText.string(text.extracting(value.bounds)).lowercased())
    }

    /// Passes the value of `error`: whether it says that there is one. Null, false, "" and `{}` do
    /// not.
    mutating func isError(_ text: Span<UInt8>) throws(JSONError) -> Bool {
        let kind = kind
        switch kind {
        case .string: return try filledString(text).isPresent
        case .object, .array: return try filled(kind, text).isPresent
        case .boolean: return try text[Int(skip().start)] == UInt8(ascii: "t")
        case .null:
            try skip()
            return false
        case .number: return try text.extracting(skip().bounds).count > 1
        }
    }
}
