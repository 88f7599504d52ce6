import CrowdModelsProtocol
import HTTP

/// What a server's error says, in whatever clothes it came: JSON of any known shape, framed as an
/// event, or plain text. Read once, and no more of it than `GenerationLimits.errorBytesMax`.
struct ErrorBody {
    /// The sentence, at most `GenerationLimits.wordsMax` letters; nil where it has none (HTML).
    private(set) var words: String?
    /// A sentence under a name that no error is told by; for a body that has no better words, and
    /// is known to be an error.
    private(set) var sentence: String?
    /// `code` where it is a string.
    private(set) var code: String?
    /// `code` where it is a number that is a status.
    private(set) var status: Int?
    private(set) var type: String?
    /// llama.cpp tells the two numbers of an overflow apart from the sentence.
    private(set) var contextLength: Int?
    private(set) var promptTokens: Int?

    private var rank = 0
    private var sentenceRank = 0
    /// What another server said, as `metadata.raw` quotes it.
    private var upstream: String?

    /// Reads the front of a body.
    init(_ body: Span<UInt8>) {
        let body = body.extracting(..<min(body.count, GenerationLimits.errorBytesMax))
        let start = JSONText.skippingSpace(body, from: body.startsWithMark ? 3 : 0)
        guard start < body.count else { return }
        switch body[start] {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""):
            let isJSON = readJSON(body.extracting(start...))
            if words == nil, !isJSON { keepPlain(body) }
            addUpstream()
        case UInt8(ascii: "<"): sentence = Self.headline(of: body.extracting(start...))
        default:
            if !readEvents(body), !Self.isStream(body.extracting(start...)) {
                keepPlain(body)
            }
        }
    }

    /// Keeps a text that is one: no bytes of an image, or of something compressed.
    private mutating func keepPlain(_ body: Span<UInt8>) {
        for index in body.indices {
            let byte = body[index]
            if byte < 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09, byte != 0x1B { return }
        }
        let text = Self.text(body)
        let broken = text.unicodeScalars.count { $0 == "\u{FFFD}" }
        if broken * 10 <= text.unicodeScalars.count { keep(text, rank: Self.errorRank) }
    }

    /// A service that asks others for its answers says little itself, and quotes what they said.
    private mutating func addUpstream() {
        guard let upstream, let said = ErrorBody(Array(upstream.utf8).span).words else { return }
        words =
            words.map { "\($0): \(said)".shortenedToLetters(GenerationLimits.wordsMax) } ?? said
    }

    /// The title of an HTML page, else its first heading: what a proxy says of what happened.
    private static func headline(of page: Span<UInt8>) -> String? {
        for name: StaticString in ["<title", "<h1"] {
            guard let tag = page.firstPlace(of: name) else { continue }
            var start = tag
            while start < page.count, page[start] != UInt8(ascii: ">") { start += 1 }
            var end = min(start + 1, page.count)
            while end < page.count, page[end] != UInt8(ascii: "<") { end += 1 }
            let inside = text(page.extracting(min(start + 1, page.count)..<end))
            let words = inside.split { $0.isWhitespace }.joined(separator: " ")
            if !words.isEmpty { return words.shortenedToLetters(GenerationLimits.wordsMax) }
        }
        return nil
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Reads what is JSON at least up to some place; false where it is none at all, and not only
    /// longer than what is read.
    private mutating func readJSON(_ text: Span<UInt8>) -> Bool {
        let mended = JSONMending(text)
        var walker = JSONWalker(mended.text.span)
        do throws(JSONError) {
            try read(&walker, mended.text.span, depth: 0, rank: Self.errorRank)
            return true
        } catch {
            return error.reason == .unexpectedEnd || error.reason == .tooDeep
        }
    }

    /// Reads the events of a stream until one has words; false if it is no stream.
    private mutating func readEvents(_ body: Span<UInt8>) -> Bool {
        var parser = EventStreamParser()
        var found: ErrorBody?
        func take(_ event: borrowing EventStreamEvent) -> Bool {
            guard event.data.count > 0, event.kind != .done else { return true }
            found = ErrorBody(event.data)
            return found?.words == nil
        }
        _ = try? parser.feed(body) { take($0) }
        if found?.words == nil { parser.finish { take($0) } }
        guard let found, found.words != nil else { return false }
        self = found
        return true
    }

    /// Whether a body begins as an event stream does.
    private static func isStream(_ body: Span<UInt8>) -> Bool {
        let line = text(body.extracting(..<min(body.count, 8)))
        return ["data:", "event:", "id:", "retry:", ":"].contains { line.hasPrefix($0) }
    }

    /// What is said, in whichever member, else what the error is called; nil where it is no error
    /// that says anything.
    var anyWords: String? { words ?? sentence ?? type ?? code }

    /// How much a member's words are worth: a message says more than a name of an error, and a
    /// sentence under a name that nobody knows is better than none.
    private static let messageRank = 6
    private static let detailRank = 5
    private static let errorRank = 4
    private static let titleRank = 3
    private static let reasonRank = 2
    private static let otherRank = 1

    /// Members that say what happened, without capitals.
    private static let ranks: [String: Int] = [
        "message": messageRank, "msg": messageRank, "error_message": messageRank,
        "errormessage": messageRank, "error_msg": messageRank, "error_description": messageRank,
        "faultstring": messageRank, "detail": detailRank, "details": detailRank,
        "errors": detailRank, "error": errorRank, "err": errorRank, "exception": errorRank,
        "fault": errorRank, "title": titleRank, "description": reasonRank, "reason": reasonRank,
    ]

    /// Members that are no words on what happened: what was asked, by whom and where, and stacks.
    private static let silent: Set<String> = [
        "input", "prompt", "messages", "request", "request_id", "path", "url", "instance",
        "timestamp", "time", "date", "trace", "traceback", "stack", "stacktrace", "ctx", "doc",
        "docs", "system_fingerprint", "user_id", "headers", "usage", "created", "object",
    ]
    /// Those that may hold the errors of a field of that name, but whose text says nothing.
    private static let labels: Set<String> = [
        "id", "model", "name", "provider", "param", "content",
    ]

    private mutating func keep(_ text: String, rank: Int) {
        let text = text.trimmed
        if text.isEmpty { return }
        if rank > Self.reasonRank {
            guard rank > self.rank else { return }
            self.rank = rank
            words = text.shortenedToLetters(GenerationLimits.wordsMax)
        } else if rank > sentenceRank, text.contains(" ") {
            // A single word under an unknown name may be anything.
            sentenceRank = rank
            sentence = text.shortenedToLetters(GenerationLimits.wordsMax)
        }
    }

    /// Containers around what is read: `{"detail":[{"error":{"message":…}}]}` and one more.
    private static let depthMax = 6

    private mutating func read(
        _ walker: inout JSONWalker, _ text: Span<UInt8>, depth: Int, rank: Int
    ) throws(JSONError) {
        switch walker.kind {
        case .string:
            let value = try walker.skip()
            keep(JSONText.string(text.extracting(value.bounds)), rank: rank)
        case .object where depth < Self.depthMax:
            try readObject(&walker, text, depth: depth + 1)
        case .array where depth < Self.depthMax:
            try readList(&walker, text, depth: depth + 1, rank: rank)
        default: try walker.skip()
        }
    }

    /// Reads a list of errors; their words are joined.
    private mutating func readList(
        _ walker: inout JSONWalker, _ text: Span<UInt8>, depth: Int, rank: Int
    ) throws(JSONError) {
        var all: [String] = []
        try walker.enterArray()
        while try walker.nextElement() {
            var element = ErrorBody()
            defer {
                if let words = element.words { all.append(words) }
                if let sentence = element.sentence { keep(sentence, rank: Self.otherRank) }
            }
            try element.read(&walker, text, depth: depth, rank: rank)
            code = code ?? element.code
            type = type ?? element.type
            status = status ?? element.status
            if all.count == Self.listedMax { break }
        }
        keep(all.joined(separator: "; "), rank: rank)
        if all.count == Self.listedMax {
            throw JSONError(.tooDeep, at: walker.offset)
        }
    }

    /// Errors of one list that are read.
    private static let listedMax = 16

    private init() {}

    private mutating func readObject(
        _ walker: inout JSONWalker, _ text: Span<UInt8>, depth: Int
    ) throws(JSONError) {
        var place = ""
        try walker.enterObject()
        while let name = try walker.nextName() {
            let token = text.extracting(name.bounds)
            let name = JSONText.string(token).lowercased()
            if let rank = Self.ranks[name] {
                try read(&walker, text, depth: depth, rank: rank)
                continue
            }
            switch name {
            case "metadata" where walker.kind == .object: try readUpstream(&walker, text)
            case "choices": try readChoices(&walker, text, depth: depth)
            case "loc": place = try Self.place(&walker, text)
            case "code", "type", "status", "n_ctx", "n_prompt_tokens", "error_code":
                try takeFact(token, &walker, text)
            case _ where Self.silent.contains(name): try walker.skip()
            case _ where Self.labels.contains(name) && walker.kind == .string: try walker.skip()
            default: try read(&walker, text, depth: depth, rank: Self.otherRank)
            }
        }
        if !place.isEmpty, let said = words { words = "\(said) (\(place))" }
    }

    private mutating func readUpstream(
        _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) {
        try walker.enterObject()
        while let name = try walker.nextName() {
            let isRaw = text.extracting(name.bounds).reads("raw") && walker.kind == .string
            let value = try walker.skip()
            if isRaw { upstream = JSONText.string(text.extracting(value.bounds)) }
        }
    }

    /// Some services put the error of one upstream into its choice.
    private mutating func readChoices(
        _ walker: inout JSONWalker, _ text: Span<UInt8>, depth: Int
    ) throws(JSONError) {
        guard walker.kind == .array, depth == 1 else {
            try walker.skip()
            return
        }
        try walker.enterArray()
        while try walker.nextElement() {
            guard walker.kind == .object else {
                try walker.skip()
                continue
            }
            try walker.enterObject()
            while let name = try walker.nextName() {
                if text.extracting(name.bounds).reads("error") {
                    try read(&walker, text, depth: depth, rank: Self.errorRank)
                } else {
                    try walker.skip()
                }
            }
        }
    }

    private mutating func takeFact(
        _ name: Span<UInt8>, _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) {
        let kind = walker.kind
        let value = try text.extracting(walker.skip().bounds)
        switch (name.count, kind) {
        case (6, .string) where name.reads("code"): code = JSONText.string(value)
        case (6, .number) where name.reads("code"): status = JSONText.integer(value)
        case (6, .string) where name.reads("type"): type = JSONText.string(value)
        case (7, _) where name.reads("n_ctx"): contextLength = GenerationReport.count(value)
        case (17, _) where name.reads("n_prompt_tokens"):
            promptTokens = GenerationReport.count(value)
        default: break
        }
    }

    /// Where in a request FastAPI found a fault: `["body","messages",0]` as `body.messages.0`.
    private static func place(
        _ walker: inout JSONWalker, _ text: Span<UInt8>
    ) throws(JSONError) -> String {
        let value = try walker.skip()
        let parts = try JSONValue(parsing: text.extracting(value.bounds)).arrayValue ?? []
        return parts.map { $0.stringValue ?? $0.text }.joined(separator: ".")
            .shortened(to: GenerationLimits.nameBytesMax)
    }
}

extension Span<UInt8> {
    /// Whether a byte order mark stands first.
    var startsWithMark: Bool {
        count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF
    }
}

extension String {
    /// It without white space around it.
    fileprivate var trimmed: String {
        let isSpace = { (letter: Unicode.Scalar) in letter.properties.isWhitespace }
        var letters = unicodeScalars[...]
        while let first = letters.first, isSpace(first) { letters.removeFirst() }
        while let last = letters.last, isSpace(last) { letters.removeLast() }
        return String(letters)
    }

    /// It, or its front and an ellipsis, together at most `count` letters.
    func shortenedToLetters(_ count: Int) -> String {
        if utf8.count <= count || unicodeScalars.count <= count { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(count - 1))) + "…"
    }
}
