import Backends
import CrowdModelsProtocol
import Metrics

/// `embed`: texts to vectors, whose numbers are passed on as the tokens they came as.
struct EmbedQuestion: WholeQuestion {
    private let input: [UInt8]
    private let inputs: Int
    private let dimensions: Int?
    private let options: [UInt8]
    private var answer: EmbeddingAnswer?

    init(_ call: KeptCall) {
        let input = call.token(EmbedParameter.input.rawValue)
        self.input = input
        inputs = Self.count(input.span)
        dimensions = call.integer(EmbedParameter.dimensions.rawValue)
        options = call.token(EmbedParameter.options.rawValue)
    }

    private static func count(_ token: Span<UInt8>) -> Int {
        guard token[0] == UInt8(ascii: "[") else { return 1 }
        var reader = JSONElementReader(from: 0)
        var count = 0
        while (try? reader.next(in: token)) ?? nil != nil { count += 1 }
        return count
    }

    func request(_ adapter: any Adapter, model: String) -> ServerRequest? {
        let input = input
        let options = options
        return adapter.embed(
            input.span, model: model, dimensions: dimensions,
            options: options.isEmpty ? nil : options.span)
    }

    mutating func read(
        status: Int, retryAfter: Int?, _ body: Span<UInt8>
    ) throws(ServerFailure) {
        let answer = try EmbeddingAnswer(status: status, retryAfter: retryAfter, body)
        guard answer.count == inputs else {
            throw ServerFailure(
                .unreadable, status: status,
                words: "\(answer.count) vectors for \(inputs) texts")
        }
        self.answer = answer
    }

    var numbers: GenerationNumbers { GenerationNumbers(read: answer?.promptTokens) }

    func write(model: String, backend: String, to out: inout ByteBuffer) {
        guard let answer else { preconditionFailure("written only after it was read") }
        EmbedResult.write(
            model: answer.model ?? model, backend: backend, usage: numbers.usage, to: &out
        ) { answer.write(to: &$0) }
    }
}

/// `rerank`: documents by their nearness to a query, the best first.
struct RerankQuestion: WholeQuestion {
    private let query: [UInt8]
    private let documents: [UInt8]
    private let count: Int
    private let top: Int?
    private let options: [UInt8]
    private var answer: RerankAnswer?

    init(_ call: KeptCall) {
        query = call.token(RerankParameter.query.rawValue)
        let documents = call.token(RerankParameter.documents.rawValue)
        self.documents = documents
        var reader = JSONElementReader(from: 0)
        var count = 0
        while (try? reader.next(in: documents.span)) ?? nil != nil { count += 1 }
        self.count = count
        top = call.integer(RerankParameter.topN.rawValue)
        options = call.token(RerankParameter.options.rawValue)
    }

    func request(_ adapter: any Adapter, model: String) -> ServerRequest? {
        let query = query
        let documents = documents
        let options = options
        return adapter.rerank(
            query.span, documents.span, model: model,
            options: options.isEmpty ? nil : options.span)
    }

    mutating func read(
        status: Int, retryAfter: Int?, _ body: Span<UInt8>
    ) throws(ServerFailure) {
        answer = try RerankAnswer(
            status: status, retryAfter: retryAfter, documents: count, body)
    }

    var numbers: GenerationNumbers { GenerationNumbers(read: answer?.promptTokens) }

    func write(model: String, backend: String, to out: inout ByteBuffer) {
        guard let answer else { preconditionFailure("written only after it was read") }
        let rows = answer.rows.prefix(top ?? .max).map { row in
            RerankRow(index: row.index, relevanceScore: row.score)
        }
        RerankResult(
            results: rows, model: answer.model ?? model, backend: backend, usage: numbers.usage
        ).write(to: &out)
    }
}

extension WholeWork {
    /// What `embed` asks.
    package convenience init(embed call: KeptCall) {
        self.init(
            .embed, EmbedQuestion(call), .embeddings, call,
            model: call.string(EmbedParameter.model.rawValue),
            tag: call.string(EmbedParameter.tag.rawValue))
    }

    /// What `rerank` asks.
    package convenience init(rerank call: KeptCall) {
        self.init(
            .rerank, RerankQuestion(call), .rerank, call,
            model: call.string(RerankParameter.model.rawValue),
            tag: call.string(RerankParameter.tag.rawValue))
    }
}
