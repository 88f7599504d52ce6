import CrowdModelsProtocol

/// `POST /v1/embeddings`: vectors of texts, as numbers or as base64 of little-endian floats.
struct OpenAIEmbeddings: OpenAITongue {
    private(set) var asked = ""
    private var isBase64 = false

    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        asked = request.string("model") ?? ""
        if let value = request.value("encoding_format") {
            let format = request.token(value)
            isBase64 = format.reads("\"base64\"")
            guard isBase64 || format.reads("\"float\"") else {
                throw .refused("encoding_format", "must be \"float\" or \"base64\"")
            }
        }
        var splice = Splice(&params)
        splice.add("input", try Self.input(of: request), &params)
        splice.pass("model", of: request, &params)
        splice.pass("dimensions", of: request, &params)
        splice.passOurs(of: request, &params)
        splice.end(&params)
        return Question(.embed)
    }

    /// The input's token. Lists of token numbers, as some clients make of texts, mean something
    /// else to every model but theirs.
    @_lifetime(copy request)
    private static func input(of request: DoorRequest) throws(Fault) -> Span<UInt8> {
        guard let value = request.value("input") else { throw .refused("input", "is missing") }
        let input = request.token(value)
        var reader = JSONElementReader(skimmingFrom: 0)
        if request.kind(value) == .array, let first = (try? reader.next(in: input)) ?? nil,
            input[Int(first.start)] != UInt8(ascii: "\"")
        {
            throw .refused(
                "input",
                "must be a text or texts, not token numbers (LangChain: "
                    + "check_embedding_ctx_length=False)")
        }
        return input
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        let view = ObjectView(result)
        out.append(#"{"object":"list","data":["#)
        let vectors = view.token("embeddings")
        var reader = JSONElementReader(skimmingFrom: 0)
        var index = 0
        while !vectors.isEmpty, let vector = (try? reader.next(in: vectors)) ?? nil {
            if index > 0 { out.append(",") }
            out.append(#"{"object":"embedding","index":"#)
            out.append(decimal: index)
            out.append(",\"embedding\":")
            let numbers = vectors.extracting(vector.bounds)
            if isBase64 {
                let floats = Self.floats(numbers)
                out.append("\"")
                Base64.append(floats.span, to: &out)
                out.append("\"")
            } else {
                out.append(numbers)
            }
            out.append("}")
            index += 1
        }
        out.append("]")
        view.append("model", as: "model", to: &out)
        view.append("usage", as: "usage", to: &out)
        out.append("}")
    }

    /// The numbers of an array as four bytes each, the lowest first.
    private static func floats(_ numbers: Span<UInt8>) -> ByteBuffer {
        var bytes = ByteBuffer(capacity: numbers.count / 2)
        var at = 1
        while at < numbers.count {
            let start = at
            while at < numbers.count, numbers[at] != UInt8(ascii: ","),
                numbers[at] != UInt8(ascii: "]")
            {
                at &+= 1
            }
            let token = numbers.extracting(start..<at).withoutSpace
            if let number = JSONText.double(token) {
                var bits = Float(number).bitPattern
                for _ in 0..<4 {
                    bytes.append(UInt8(truncatingIfNeeded: bits))
                    bits >>= 8
                }
            }
            at &+= 1
        }
        return bytes
    }
}

extension Span<UInt8> {
    /// These bytes without the space before and behind them.
    fileprivate var withoutSpace: Span<UInt8> {
        @_lifetime(copy self)
        get {
            var start = 0
            var end = count
            while start < end, self[start] <= 32 { start += 1 }
            while end > start, self[end - 1] <= 32 { end -= 1 }
            return extracting(start..<end)
        }
    }
}

/// Bytes as letters (RFC 4648, section 4).
enum Base64 {
    private static let letters: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// Appends `bytes`, padded at the end.
    static func append(_ bytes: Span<UInt8>, to out: inout ByteBuffer) {
        var at = 0
        while at < bytes.count {
            let left = bytes.count - at
            var group = UInt32(bytes[at]) << 16
            if left > 1 { group |= UInt32(bytes[at + 1]) << 8 }
            if left > 2 { group |= UInt32(bytes[at + 2]) }
            out.append(letter(group >> 18))
            out.append(letter(group >> 12))
            out.append(left > 1 ? letter(group >> 6) : UInt8(ascii: "="))
            out.append(left > 2 ? letter(group) : UInt8(ascii: "="))
            at += 3
        }
    }

    private static func letter(_ bits: UInt32) -> UInt8 {
        letters.withUTF8Buffer { unsafe $0[Int(bits & 63)] }
    }
}
