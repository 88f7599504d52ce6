import CrowdModelsProtocol

/// `GET /v1/models`: every model and every alias, each name once.
struct OpenAIModels: OpenAITongue {
    private var models = NamedModels()

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        params.append("{}")
        return Question(.modelsList)
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        while !tell(result, to: &out) {}
    }

    mutating func tell(_ result: Span<UInt8>, to out: inout ByteBuffer) -> Bool {
        if out.isEmpty { out.append(#"{"object":"list","data":["#) }
        let isDone = models.resume(result) { model, _, name in
            out.appendComma()
            OpenAIModel.write(model, as: name, to: &out)
        }
        if isDone { out.append("]}") }
        return isDone
    }
}

/// `GET /v1/models/{id}`: one of them.
struct OpenAIModel: OpenAITongue {
    private var name = ""
    var asked: String { name }

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        name = Self.decoded(request.path.dropFirst("/models/".count))
        params.append("{\"model\":")
        params.append(string: name)
        params.append("}")
        return Question(.modelsGet)
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        Self.write(ObjectView(result), as: name, to: &out)
    }

    /// Appends a model of ours as OpenAI lists one, under `name`; what the daemon knows besides
    /// stands behind it. When it was made nobody here knows, and clients want a number.
    static func write(
        _ model: ObjectView, as name: String, to out: inout ByteBuffer
    ) {
        out.append("{\"id\":")
        out.append(string: name)
        out.append(#","object":"model","created":0,"owned_by":"#)
        let publisher = model.token("publisher")
        out.append(publisher.isEmpty ? model.token("backend") : publisher)
        for member in [
            "backend", "type", "state", "arch", "quantization", "max_context_length",
            "loaded_context_length", "capabilities", "parameters",
        ] as [StaticString] {
            model.append(member, as: member, to: &out)
        }
        out.append("}")
    }

    /// A part of a path, its percent signs decoded; what is no valid escape stays as it is.
    static func decoded(_ text: Substring) -> String {
        let bytes = Array(text.utf8)
        var plain: [UInt8] = []
        var at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count,
                let high = Character(UnicodeScalar(bytes[at + 1])).hexDigitValue,
                let low = Character(UnicodeScalar(bytes[at + 2])).hexDigitValue
            {
                plain.append(UInt8(high << 4 | low))
                at += 3
            } else {
                plain.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
