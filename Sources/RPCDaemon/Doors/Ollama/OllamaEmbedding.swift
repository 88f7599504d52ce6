import CrowdModelsProtocol

/// `POST /api/embed`, and the older `POST /api/embeddings`, which takes one text and answers one
/// vector.
struct OllamaEmbedding: OllamaTongue {
    let isOlder: Bool
    /// The inside of the name that was asked for, which answers repeat.
    private var model: [UInt8] = []

    init(isOlder: Bool) {
        self.isOlder = isOlder
    }

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        var splice = Splice(&params)
        model = try OllamaName.write(request, &splice, to: &params)
        splice.pass(isOlder ? "prompt" : "input", as: "input", of: request, &params)
        splice.pass("dimensions", of: request, &params)
        splice.passOurs(of: request, &params)
        splice.end(&params)
        return Question(.embed)
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        let result = ObjectView(result)
        let text = result.text
        if isOlder {
            var vectors = ArrayView(text, at: result.value("embeddings"))
            out.append("{\"embedding\":")
            if let first = vectors.next() {
                out.append(text.extracting(first.bounds))
            } else {
                out.append("[]")
            }
            return out.append("}")
        }
        out.append("{\"model\":\"")
        out.append(model.span)
        out.append("\"")
        result.append("embeddings", as: "embeddings", to: &out)
        if let prompt = TokenCounts(of: result).prompt {
            out.append(",\"prompt_eval_count\":")
            out.append(decimal: prompt)
        }
        out.append("}")
    }
}
