import CrowdModelsProtocol

/// `POST /v1/rerank`: documents by their nearness to a query, as Jina's and Cohere's clients ask.
struct OpenAIRerank: OpenAITongue {
    private(set) var asked = ""
    /// The documents as they came, where the answer is to hold them again.
    private var documents: [[UInt8]] = []

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        asked = request.string("model") ?? ""
        guard let value = request.value("documents"), request.kind(value) == .array else {
            throw .refused("documents", "must be an array of texts")
        }
        let array = request.token(value)
        let returnsThem = request.isTrue("return_documents")
        var splice = Splice(&params)
        splice.pass("query", of: request, &params)
        splice.pass("model", of: request, &params)
        splice.pass("top_n", of: request, &params)
        splice.passOurs(of: request, &params)
        splice.begin("documents", &params)
        params.append("[")
        var reader = JSONElementReader(from: 0)
        var isFirst = true
        while let element = (try? reader.next(in: array)) ?? nil {
            if !isFirst { params.append(",") }
            isFirst = false
            var text = array.extracting(element.bounds)
            // Documents of other fields than their text are theirs alone.
            if text[0] == UInt8(ascii: "{") { text = ObjectView(text).token("text") }
            if text.isEmpty { throw .refused("documents", "has an object without `text`") }
            params.append(text)
            if returnsThem { documents.append(ByteBuffer(text).bytes) }
        }
        params.append("]")
        splice.end(&params)
        return Question(.rerank)
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        let view = ObjectView(result)
        out.append(#"{"object":"list","results":["#)
        let results = view.token("results")
        var reader = JSONElementReader(from: 0)
        var isFirst = true
        while !results.isEmpty, let element = (try? reader.next(in: results)) ?? nil {
            if !isFirst { out.append(",") }
            isFirst = false
            let entry = results.extracting(element.bounds)
            out.append(entry.extracting(0..<entry.count - 1))
            let index = JSONText.integer(ObjectView(entry).token("index")) ?? -1
            if documents.indices.contains(index) {
                out.append(",\"document\":{\"text\":")
                let document = documents[index]
                out.append(document.span)
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
