package import CrowdModelsProtocol

/// What a server answers that was asked for vectors, read in place: the numbers are passed on as
/// the tokens they came as.
package struct EmbeddingAnswer {
    /// Arrays of numbers in one text, in the order of the inputs.
    private let text: [UInt8]
    private let vectors: [JSONRange]
    /// What served it.
    package let model: String?
    package let promptTokens: Int?

    /// How many vectors came.
    package var count: Int { vectors.count }

    /// Reads a whole answer; throws where it is an error, or holds no vectors.
    package init(status: Int, retryAfter: Int?, _ body: Span<UInt8>) throws(ServerFailure) {
        var found: [(index: Int, place: JSONRange)] = []
        var kept: [UInt8] = []
        var model: String?
        var tokens: Int?
        let isAnswer = JSONPlace.read(body) { answer, text -> Bool? in
            guard (200..<300).contains(status), !answer.saysError(text) else {
                return nil
            }
            model = answer.member("model", text)?.name(text)
            tokens = answer.member("usage", text)?.member("prompt_tokens", text)?.count(text)
            answer.member("data", text)?.forEachElement(text) { element in
                guard let vector = element.member("embedding", text), vector.isArray(text) else {
                    return
                }
                let index = element.member("index", text).map { place in
                    JSONText.integer(text.extracting(place.range.bounds)) ?? found.count
                }
                found.append((index ?? found.count, vector.range))
            }
            kept = unsafe text.withUnsafeBufferPointer { unsafe Array($0) }
            return !found.isEmpty
        }
        guard isAnswer == true else {
            throw ServerFailure.ofAnswer(status: status, retryAfter: retryAfter, body)
        }
        text = kept
        vectors = found.sorted { $0.index < $1.index }.map(\.place)
        self.model = model
        promptTokens = tokens
    }

    /// Appends the array of vectors.
    package func write(to out: inout ByteBuffer) {
        let text = text
        out.append("[")
        for (index, vector) in vectors.enumerated() {
            if index > 0 { out.append(",") }
            out.append(compact: text.span.extracting(vector.bounds))
        }
        out.append("]")
    }
}

/// Documents in the order of their nearness to a query.
package struct RerankAnswer {
    package struct Row: Equatable, Sendable {
        /// The document's place among those that were given.
        package var index: Int
        package var score: Double
    }

    /// The best first.
    package let rows: [Row]
    package let model: String?
    package let promptTokens: Int?

    /// Reads a whole answer: `results` of llama.cpp, vLLM, Jina and Cohere, `data` of others, or a
    /// bare list as Hugging Face's server sends it. Throws where it is an error, or no ranking.
    package init(
        status: Int, retryAfter: Int?, documents: Int, _ body: Span<UInt8>
    ) throws(ServerFailure) {
        var rows: [Row] = []
        var model: String?
        var tokens: Int?
        let isAnswer = JSONPlace.read(body) { answer, text -> Bool? in
            guard (200..<300).contains(status), !answer.saysError(text) else {
                return nil
            }
            model = answer.member("model", text)?.name(text)
            let usage = answer.member("usage", text)
            tokens =
                usage?.member("prompt_tokens", text)?.count(text)
                ?? usage?.member("total_tokens", text)?.count(text)
            let list =
                answer.member("results", text) ?? answer.member("data", text)
                ?? (answer.isArray(text) ? answer : nil)
            list?.forEachElement(text) { element in
                let score =
                    element.member("relevance_score", text) ?? element.member("score", text)
                guard let place = element.member("index", text), let score,
                    let index = JSONText.integer(text.extracting(place.range.bounds)),
                    (0..<documents).contains(index),
                    let value = JSONText.double(text.extracting(score.range.bounds)),
                    value.isFinite
                else { return }
                rows.append(Row(index: index, score: value))
            }
            return !rows.isEmpty
        }
        guard isAnswer == true else {
            throw ServerFailure.ofAnswer(status: status, retryAfter: retryAfter, body)
        }
        self.rows = rows.sorted { ($1.score, $0.index) < ($0.score, $1.index) }
        self.model = model
        promptTokens = tokens
    }
}

/// How many tokens a server says a prompt is.
package enum TokenCountAnswer {
    /// The number; throws where the answer is an error, or holds none: `count` of vLLM, the
    /// `tokens` of llama.cpp, `input_tokens` of Anthropic's API.
    package static func read(
        status: Int, retryAfter: Int?, _ body: Span<UInt8>
    ) throws(ServerFailure) -> Int {
        let count = JSONPlace.read(body) { answer, text -> Int? in
            guard (200..<300).contains(status) else { return nil }
            for name in ["count", "input_tokens", "prompt_tokens"] as [StaticString] {
                if let count = answer.member(name, text)?.count(text) { return count }
            }
            guard let tokens = answer.member("tokens", text), tokens.isArray(text) else {
                return nil
            }
            var count = 0
            tokens.forEachElement(text) { _ in count += 1 }
            return count
        }
        if let count { return count }
        throw ServerFailure.ofAnswer(status: status, retryAfter: retryAfter, body)
    }
}

extension ServerFailure {
    /// Why a whole answer is not the one that was asked for.
    package static func ofAnswer(
        status: Int, retryAfter: Int?, _ body: Span<UInt8>
    ) -> ServerFailure {
        let said = ErrorBody(body)
        if (200..<300).contains(status), said.words == nil {
            return ServerFailure(.empty, status: status)
        }
        return ServerFailure(status: status, retryAfter: retryAfter, said)
    }
}
