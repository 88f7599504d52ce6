/// An error answer: its status, its body and how LM Studio writes it.
struct Refusal: Error {
    let status: Int
    let body: JSON
    var style = JSON.Style.compact

    /// The body's text, which a stream that has begun carries instead.
    var message: String {
        body["error"]?.text ?? body["error"]?["message"]?.text ?? ""
    }

    /// Form 2: a bare string on one line.
    static func plain(_ message: String, status: Int = 400) -> Refusal {
        Refusal(status: status, body: ["error": .string(message)])
    }

    /// Form 1: OpenAI's object, on many lines.
    static func object(
        _ message: String, status: Int = 400, parameter: String? = nil, code: String? = nil,
        type: String = "invalid_request_error"
    ) -> Refusal {
        let error: JSON = [
            "message": .string(message), "type": .string(type),
            "param": parameter.map(JSON.string) ?? .null, "code": code.map(JSON.string) ?? .null,
        ]
        return Refusal(status: status, body: ["error": error], style: .pretty)
    }

    /// Form 3: that of /api/v1.
    static func native(
        _ message: String, status: Int, type: String, code: String? = nil, parameter: String? = nil
    ) -> Refusal {
        var error: [JSON.Member] = [
            .init(name: "type", value: .string(type)),
            .init(name: "message", value: .string(message)),
        ]
        if let code { error.append(.init(name: "code", value: .string(code))) }
        if let parameter { error.append(.init(name: "param", value: .string(parameter))) }
        return Refusal(status: status, body: ["error": .object(error)])
    }

    static func unexpected(_ method: String, _ target: String) -> Refusal {
        plain("Unexpected endpoint or method. (\(method) \(target))", status: 200)
    }

    static let nothingLoadedText =
        "No models loaded. Please load a model in the developer page or use the 'lms load' command."
    static let nothingLoaded = object(nothingLoadedText, parameter: "model")
    static let crashedText =
        "The model has crashed without additional information. (Exit code: null)"
    /// No capture of this one: the text is what the application shows.
    static let unloadedText = "Model unloaded."

    static let severalLoaded = object(
        "Multiple models are loaded. Please specify a model by providing a 'model' field.",
        parameter: "model")

    static func unknownModel(_ name: String, _ known: [String], old: Bool) -> Refusal {
        if old {
            let list = known.joined(separator: "\n")
            return object(
                "Model \"\(name)\" not found. Please specify a valid model."
                    + "\n\nYour models:\n\n\(list)",
                status: 404, parameter: "model", code: "model_not_found")
        }
        let list = known.joined(separator: ", ")
        return object(
            "Invalid model identifier \"\(name)\". Please specify a valid downloaded model"
                + " (e.g., \(list)).", parameter: "model", code: "model_not_found")
    }

    static func overflow(_ tokens: Int, context: Int) -> Refusal {
        plain(
            "Trying to keep the first \(tokens) tokens when context the overflows. However, the"
                + " model is loaded with context length of only \(context) tokens, which is not"
                + " enough. Try to load the model with a larger context length, or provide a"
                + " shorter input")
    }

    static let tokenMissing = Refusal(
        status: 401,
        body: [
            "error": [
                "message": .string(
                    "An LM Studio API token is required to make requests to this server, but"
                        + " none was provided using the Authorization header using the 'Bearer'"
                        + " scheme."
                ),
                "type": "invalid_request", "code": "invalid_api_key",
            ]
        ])

    static func tokenMalformed(_ token: String) -> Refusal {
        let stars = String(repeating: "*", count: max(0, token.count - 10))
        return Refusal(
            status: 401,
            body: [
                "error": [
                    "type": "invalid_request", "code": "invalid_api_key",
                    "message": .string(
                        "Malformed LM Studio API token provided: \(token.prefix(10))\(stars)."
                            + " Ensure you are using a valid token."),
                ]
            ])
    }
}
