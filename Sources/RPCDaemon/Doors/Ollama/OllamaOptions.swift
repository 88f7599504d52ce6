import CrowdModelsProtocol

/// What Ollama's requests for text have in common: `options`, `format`, `think` and `keep_alive`.
enum OllamaOptions {
    /// Members of `options` that are ours under the same name.
    private static let passed: [StaticString] = [
        "temperature", "top_p", "top_k", "min_p", "seed", "repeat_penalty", "presence_penalty",
        "frequency_penalty",
    ]

    /// Appends what is asked for.
    static func write(
        _ request: DoorRequest, _ params: inout Splice, to out: inout ByteBuffer
    ) throws(Fault) {
        let body = request.object
        let options = body.object("options")
        for name in passed {
            guard let value = options.value(name) else { continue }
            params.add(name, body.text.extracting(value.bounds), &out)
        }
        // Below -1 it means "to the end of the context", and 0 means nothing at all.
        if let limit = options.integer("num_predict"), limit == -1 || limit > 0 {
            params.begin("max_tokens", &out)
            out.append(decimal: limit)
        }
        if let stop = options.value("stop"),
            body.text.kind(stop) == .string || ArrayView.isFilled(body.text, stop)
        {
            params.add("stop", body.text.extracting(stop.bounds), &out)
        }
        params.pass("think", as: "reasoning", of: request, &out)
        writeFormat(request, &params, to: &out)
        if let ttl = try timeToLive(request) {
            params.begin("ttl", &out)
            // What is not to be kept at all goes after the shortest time there is.
            out.append(decimal: max(1, ttl))
        }
        params.passOurs(of: request, &out)
    }

    private static func writeFormat(
        _ request: DoorRequest, _ params: inout Splice, to out: inout ByteBuffer
    ) {
        guard let format = request.value("format") else { return }
        switch request.kind(format) {
        case .string:
            guard request.string("format") == "json" else { return }
            params.add("response_format", literal: "{\"type\":\"json_object\"}", &out)
        case .object:
            params.begin("response_format", &out)
            out.append("{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\"")
            out.append(",\"strict\":true")
            out.append(member: "schema", token: request.token(format))
            out.append("}}")
        default: break
        }
    }

    /// How many seconds the model is to be kept without use; nil for as long as its server likes.
    static func timeToLive(_ request: DoorRequest) throws(Fault) -> Int? {
        guard let value = request.value("keep_alive") else { return nil }
        let seconds: Double?
        if request.kind(value) == .number {
            seconds = JSONText.double(request.token(value))
        } else {
            seconds = request.string("keep_alive").flatMap(Self.seconds)
        }
        guard let seconds else {
            throw .refused("keep_alive", "is a number of seconds, or a time such as \"5m\"")
        }
        if seconds < 0 { return nil }
        return Int(min(seconds.rounded(.up), 315_360_000))
    }

    /// A time as Go writes it, such as `1h30m`; a number alone is seconds.
    static func seconds(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        var at = 0
        var sign = 1.0
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = first == UInt8(ascii: "-") ? -1 : 1
            at = 1
        }
        if let number = Double(String(decoding: bytes[at...], as: UTF8.self)), number.isFinite {
            return sign * number
        }
        var total = 0.0
        repeat {
            let start = at
            while at < bytes.count, bytes[at] &- 48 < 10 || bytes[at] == UInt8(ascii: ".") {
                at += 1
            }
            let unitStart = at
            while at < bytes.count, bytes[at] &- 48 >= 10, bytes[at] != UInt8(ascii: ".") {
                at += 1
            }
            guard let number = Double(String(decoding: bytes[start..<unitStart], as: UTF8.self)),
                let unit = units[String(decoding: bytes[unitStart..<at], as: UTF8.self)]
            else { return nil }
            total += number * unit
        } while at < bytes.count
        return sign * total
    }

    private static let units: [String: Double] = [
        "h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9,
    ]
}
