import CrowdModelsProtocol

/// `POST /v1/rerank`: documents by their nearness to a query, as Jina's and Cohere's clients ask.
struct OpenAIRerank: OpenAITongue {
    private(set) var asked = ""
    /// The request, as far as it is put into our words: its documents are in steps.
    private var asking: (splice: Splice, documents: Elements)?
    private var hasDocument = false
    private var returnsThem = false
    /// The documents as they came, one behind the other, and where each stands: where the answer is
    /// to hold them again.
    private var kept: [UInt8] = []
    private var documents: [JSONRange] = []

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        if asking == nil { try begin(request, &params) }
        var slice = Slice()
        while !slice.isSpent {
            guard let element = asking?.documents.next(in: request.body) else {
                params.append("]")
                asking?.splice.end(&params)
                return Question(.rerank)
            }
            slice.spend(element)
            try take(request.body.extracting(element.bounds), &params)
        }
        return nil
    }

    private mutating func begin(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) {
        asked = request.string("model") ?? ""
        guard let value = request.value("documents"), request.kind(value) == .array else {
            throw .refused("documents", "must be an array of texts")
        }
        returnsThem = request.isTrue("return_documents")
        var splice = Splice(&params)
        splice.pass("query", of: request, &params)
        splice.pass("model", of: request, &params)
        splice.pass("top_n", of: request, &params)
        splice.passOurs(of: request, &params)
        splice.begin("documents", &params)
        params.append("[")
        asking = (splice, Elements(of: value, in: request.body))
    }

    private mutating func take(
        _ document: Span<UInt8>, _ params: inout ByteBuffer
    ) throws(Fault) {
        if hasDocument { params.append(",") }
        hasDocument = true
        var text = document
        // Documents of other fields than their text are theirs alone.
        if text[0] == UInt8(ascii: "{") { text = ObjectView(text).token("text") }
        if text.isEmpty { throw .refused("documents", "has an object without `text`") }
        params.append(text)
        guard returnsThem else { return }
        let start = kept.count
        unsafe text.withUnsafeBufferPointer { unsafe kept.append(contentsOf: $0) }
        documents.append(JSONRange(start, kept.count))
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        let view = ObjectView(result)
        out.append(#"{"object":"list","results":["#)
        let results = view.token("results")
        var reader = JSONElementReader(skimmingFrom: 0)
        var isFirst = true
        while !results.isEmpty, let element = (try? reader.next(in: results)) ?? nil {
            if !isFirst { out.append(",") }
            isFirst = false
            let entry = results.extracting(element.bounds)
            out.append(entry.extracting(0..<entry.count - 1))
            let index = JSONText.integer(ObjectView(entry).token("index")) ?? -1
            if documents.indices.contains(index) {
                out.append(",\"document\":{\"text\":")
                let kept = kept
                out.append(kept.span.extracting(documents[index].bounds))
                out.append("}")
            }
            out.append("}")
        }
        out.append("]")
        view.append("model", as: "model", to: &out)
        view.append("usage", as: "usage", to: &out)
        out.append("}")
    }
}
