import CrowdModelsProtocol
import HTTP

/// The one table of all paths, and of who speaks there.
enum Router {
    /// The methods that are taken anywhere.
    static let verbs = "GET, HEAD, POST, OPTIONS"

    /// One row: a method and a path, without `/v1`, and the tongue spoken there.
    struct Row: Sendable {
        let verb: StaticString
        let path: StaticString
        /// Whether it takes GET, and so HEAD.
        private let isForReading: Bool
        /// Whether the path goes on behind its last slash.
        let isOpen: Bool
        /// A field without which the row does not count: two APIs share a path.
        let field: StaticString?
        let tongue: @Sendable () -> any Tongue

        init(
            _ verb: StaticString, _ path: StaticString, isOpen: Bool = false,
            field: StaticString? = nil,
            _ tongue: @escaping @Sendable () -> any Tongue
        ) {
            self.verb = verb
            isForReading = verb.description == "GET"
            self.path = path
            self.isOpen = isOpen
            self.field = field
            self.tongue = tongue
        }

        /// Whether it takes the method of this head.
        func takes(_ head: IncomingRequestHead) -> Bool {
            head.asks(verb) || (isForReading && head.asks("HEAD"))
        }

        /// The methods that it takes, as `Allow` says them.
        var verbs: String { isForReading ? "GET, HEAD" : verb.description }

        /// Whether it counts for a request with this head, whose path leads to it.
        func counts(for head: IncomingRequestHead) -> Bool {
            guard let field else { return true }
            return head[field] != nil
        }
    }

    /// The first row that fits counts.
    static let rows: [Row] =
        [
            Row("GET", "/metrics") { MetricsPage() },
            Row("GET", "/health") { HealthAnswer() },
        ] + anthropic + openAI + responses + ollama

    private static let openAI = [
        Row("GET", "/models") { OpenAIModels() },
        Row("GET", "/models/", isOpen: true) { OpenAIModel() },
        Row("POST", "/chat/completions") { ChatCompletions() },
        Row("POST", "/completions") { TextCompletions() },
        Row("POST", "/embeddings") { OpenAIEmbeddings() },
        Row("POST", "/rerank") { OpenAIRerank() },
    ]

    /// The rows whose path is whole, by its length, and the others.
    private static let closed: [[Row]] = {
        let whole = rows.filter { !$0.isOpen }
        let longest = whole.map(\.path.utf8CodeUnitCount).max() ?? 0
        return (0...longest).map { length in
            whole.filter { $0.path.utf8CodeUnitCount == length }
        }
    }()
    private static let open = rows.filter(\.isOpen)

    /// Where the path stands in a target, as the table knows it: without `/v1`, however often it
    /// stands there, since people paste bases with it and without it into programs that add it or
    /// do not; without a slash at its end, and without what stands behind `?`.
    static func path(in target: Span<UInt8>) -> Range<Int> {
        let slash = UInt8(ascii: "/")
        var end = 0
        while end < target.count, target[end] != UInt8(ascii: "?"),
            target[end] != UInt8(ascii: "#")
        {
            end &+= 1
        }
        var start = 0
        while true {
            while end &- start > 1, target[start] == slash, target[start &+ 1] == slash {
                start &+= 1
            }
            let rest = target.extracting(start..<end)
            guard rest.hasPrefix("/v1"), rest.count == 3 || rest[3] == slash else { break }
            start &+= 3
        }
        while end &- start > 1, target[end &- 1] == slash { end &-= 1 }
        // Its first slash is all that is left of `/v1`.
        return start == end ? 0..<min(1, target.count) : start..<end
    }

    /// Where a request with this head leads.
    static func route(_ head: IncomingRequestHead) -> Route {
        if head.asks("OPTIONS") { return Route(.options, OpenAIRefusal()) }
        let target = head.target
        let path = target.extracting(path(in: target))
        if path.reads("/rpc") {
            return Route(
                head.asks("POST") ? .lines : .otherwise(allowed: "POST"), OpenAIRefusal())
        }
        var other: Row?
        for row in path.count < closed.count ? closed[path.count] : []
        where path.hasPrefix(row.path) && row.counts(for: head) {
            if row.takes(head) { return Route(.tongue, row.tongue()) }
            other = other ?? row
        }
        if other == nil {
            for row in open where leads(row, path) && row.counts(for: head) {
                if row.takes(head) { return Route(.tongue, row.tongue()) }
                other = other ?? row
            }
        }
        guard let other else { return Route(.nowhere, stranger(path, head)) }
        return Route(.otherwise(allowed: other.verbs), other.tongue())
    }

    private static func leads(_ row: Row, _ path: Span<UInt8>) -> Bool {
        path.count > row.path.utf8CodeUnitCount && path.hasPrefix(row.path)
    }

    /// Who says that there is nothing: the tongue that is spoken in that part of the table.
    private static func stranger(
        _ path: Span<UInt8>, _ head: IncomingRequestHead
    ) -> any Tongue {
        if head["anthropic-version"] != nil || path.reads("/messages")
            || path.hasPrefix("/messages/")
        {
            return AnthropicRefusal()
        }
        return path.reads("/api") || path.hasPrefix("/api/") ? OllamaRefusal() : OpenAIRefusal()
    }
}
