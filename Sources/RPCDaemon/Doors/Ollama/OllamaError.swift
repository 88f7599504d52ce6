import CrowdModelsProtocol

/// A tongue of Ollama's API: an error is a text, in a stream a line of its own.
protocol OllamaTongue: Tongue {}

extension OllamaTongue {
    mutating func fail(_ fault: Fault, status: Int, hasBegun: Bool, to out: inout ByteBuffer) {
        out.append("{\"error\":")
        out.append(string: fault.message)
        out.append("}")
        if hasBegun { out.append("\n") }
    }
}

/// Who answers where Ollama's API has nothing to be had.
struct OllamaRefusal: OllamaTongue {
    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        throw Fault(.methodNotFound, "there is no \(request.path.shortened)")
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {}
}

/// Names of models as Ollama writes them: with a tag, which is `latest` where nobody gave one.
enum OllamaName {
    private static let latest: StaticString = ":latest"

    /// Appends the member `model` of ours for the one that a request names, and answers the inside
    /// of that name. A name without its implied tag finds a model with it, but no other server's
    /// model has one.
    @discardableResult
    static func write(
        _ request: DoorRequest, _ params: inout Splice, to out: inout ByteBuffer
    ) throws(Fault) -> [UInt8] {
        let inside = named(request)
        if inside.isEmpty { throw .refused("model", "is missing: name one; /api/tags lists them") }
        params.add("model", token(request).span, &out)
        return inside.array
    }

    /// The inside of the name as it came; empty where there is none.
    @_lifetime(copy request)
    private static func named(_ request: DoorRequest) -> Span<UInt8> {
        let body = request.object
        return body.inside(body.words("model") == nil ? "name" : "model")
    }

    /// The token of the name that the daemon knows.
    static func token(_ request: DoorRequest) -> [UInt8] {
        let inside = named(request)
        let tag = inside.hasSuffix(latest) ? latest.utf8CodeUnitCount : 0
        let quote = [UInt8(ascii: "\"")]
        return quote + inside.extracting(0..<inside.count - tag).array + quote
    }

    /// The name with a tag.
    static func tagged(_ name: String) -> String {
        name.contains(":") ? name : name + latest.description
    }
}
