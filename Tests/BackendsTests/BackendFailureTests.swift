import Backends
import CrowdModelsProtocol
import HTTP
import Testing

/// What callers get for what servers say: each error body that was seen on the wire.
@Suite struct BackendFailureTests {
    static let failure = BackendFailure(
        backend: "b", product: "LMStudio", endpoint: "http://h:1234", model: "qwen3-4b",
        others: ["llama-3-8b", "qwen3-8b"], retryAfter: 1000, keyStart: "sk-secre")

    /// One error as a server sends it, and what is to become of it.
    struct Sample: CustomTestStringConvertible {
        let status: Int
        let body: String
        let code: ErrorCode
        var retryable: Bool?
        var context: Int?
        var prompt: Int?

        init(
            _ status: Int, _ body: String, _ code: ErrorCode, retryable: Bool? = nil,
            context: Int? = nil, prompt: Int? = nil
        ) {
            self.status = status
            self.body = body
            self.code = code
            self.retryable = retryable
            self.context = context
            self.prompt = prompt
        }

        var testDescription: String { "\(status) \(body.prefix(60))" }

        var fault: Fault { Self.fault(status, body) }

        static func fault(_ status: Int, _ body: String, retryAfter: Int? = nil) -> Fault {
            let bytes = ByteBuffer(body)
            return failure.fault(status: status, retryAfter: retryAfter, body: bytes.span)
        }
    }

    /// OpenAI's form as LM Studio prints it.
    private static func pretty(_ message: String, code: String = "null") -> String {
        """
        {
            "error": {
                "message": \(message),
                "type": "invalid_request_error",
                "param": "model",
                "code": \(code)
            }
        }
        """
    }

    private static let noModels =
        "No models loaded. Please load a model in the developer page or use the 'lms load' command."

    static let lmStudio: [Sample] = [
        Sample(
            200, #"{"error":"Unexpected endpoint or method. (POST /x)"}"#, .backendError,
            retryable: false),
        Sample(400, pretty("\"\(noModels)\""), .backendUnavailable),
        Sample(400, #"{"error":"\#(noModels)"}"#, .backendUnavailable),
        Sample(
            404,
            #"{"error":"No models loaded. Please load a model or use the `lms load` command"}"#,
            .backendUnavailable),
        Sample(
            404,
            pretty(
                #""Model \"default\" not found. Please specify a valid model.\n\nYour models:\n\na""#,
                code: "\"model_not_found\""), .modelNotFound),
        Sample(
            400,
            pretty(
                #""Invalid model identifier \"o4-mini\". Please specify a valid downloaded model""#,
                code: "\"model_not_found\""), .modelNotFound),
        Sample(
            400,
            pretty(
                #""Multiple models are loaded. Please specify a model by providing a 'model' field.""#
            ),
            .backendError, retryable: false),
        Sample(
            400,
            #"{"error":"Trying to keep the first 9000 tokens when context the overflows. However, "#
                + "the model is loaded with context length of only 4096 tokens, which is not "
                + #"enough. Try to load the model with a larger context length"}"#,
            .contextOverflow, context: 4096, prompt: 9000),
        Sample(
            400,
            #"{"error":"The number of tokens to keep from the initial prompt is greater than the "#
                + #"context length. Try to load the model with a larger context length"}"#,
            .contextOverflow),
        Sample(
            400,
            #"{"error":"The model has crashed without additional information. (Exit code: null)"}"#,
            .backendError),
        Sample(
            400, #"{"error":"Error in iterating prediction stream: ValueError: 'type' must be x"}"#,
            .backendError),
        Sample(
            400, #"{"error":"'response_format.type' must be 'json_schema' or 'text'"}"#,
            .backendError, retryable: false),
        Sample(400, #"{"error":"'messages' field is required"}"#, .backendError, retryable: false),
        Sample(
            500, #"{"error":{"message":"Error rendering prompt with jinja template: ..."}}"#,
            .backendError, retryable: true),
        Sample(
            404,
            #"{"error":{"type":"model_not_found","message":"Model with instance identifier 'x' is"#
                + #" not loaded."}}"#, .modelNotFound),
        Sample(
            400,
            #"{"error":{"type":"invalid_request","message":"\"model\" is required","code":"#
                + #""missing_required_parameter","param":"model"}}"#,
            .backendError, retryable: false),
    ]

    static let others: [Sample] = [
        // Ollama
        Sample(404, #"{"error":"model 'x' not found"}"#, .modelNotFound),
        Sample(
            404, #"{"error":"model \"x\" not found, try pulling it first"}"#, .modelNotFound),
        Sample(
            404,
            #"{"error":{"message":"model 'x' not found","type":"not_found_error","code":null}}"#,
            .modelNotFound),
        Sample(404, "404 page not found", .backendError, retryable: false),
        Sample(400, #"{"error":"\"x\" does not support chat"}"#, .backendError, retryable: false),
        Sample(
            400,
            #"{"error":"the prompt is longer than the context length currently available to the "#
                + #"model; shorten the prompt"}"#, .contextOverflow),
        Sample(
            400, #"{"error":"the input length exceeds the context length"}"#, .contextOverflow),
        Sample(
            503,
            #"{"error":"server busy, please try again.  maximum pending requests exceeded"}"#,
            .backendUnavailable),
        Sample(
            500, #"{"error":"llama runner process has terminated"}"#, .backendError,
            retryable: true),
        // llama.cpp
        Sample(
            404, #"{"error":{"message":"File Not Found","type":"not_found_error","code":404}}"#,
            .backendError, retryable: false),
        Sample(
            400,
            #"{"error":{"code":400,"message":"request (13392 tokens) exceeds the available context "#
                + #"size (8192 tokens), try increasing it","type":"exceed_context_size_error","#
                + #""n_prompt_tokens":13392,"n_ctx":8192}}"#,
            .contextOverflow, context: 8192, prompt: 13392),
        Sample(
            500,
            #"{"error":{"code":500,"message":"the request exceeds the available context size, try "#
                + #"increasing it","type":"server_error"}}"#, .contextOverflow),
        Sample(
            500, #"{"error":{"code":500,"message":"Context size has been exceeded."}}"#,
            .contextOverflow),
        Sample(
            503,
            #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#,
            .backendUnavailable),
        // vLLM
        Sample(
            404,
            #"{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":"#
                + #""model","code":404}}"#, .modelNotFound),
        Sample(
            404, #"{"object":"error","message":"The model `x` does not exist.","code":404}"#,
            .modelNotFound),
        Sample(404, #"{"detail":"Not Found"}"#, .backendError, retryable: false),
        Sample(
            400,
            #"{"error":{"message":"max_tokens=999999 cannot be greater than max_model_len=8192. "#
                + #"Please request fewer output tokens.","type":"BadRequestError"}}"#,
            .backendError, retryable: false),
        Sample(
            400,
            #"{"error":{"message":"This model's maximum context length is 65536 tokens. However, "#
                + "your request has 85605 input tokens. Please reduce the length of the input "
                + #"messages. (parameter=input_tokens, value=85605)"}}"#,
            .contextOverflow, context: 65536, prompt: 85605),
        Sample(
            400,
            #"{"error":{"message":"This model's maximum context length is 163840 tokens. However, "#
                + "you requested 65536 output tokens and your prompt contains at least 98305 input "
                + #"tokens, for a total of at least 163841 tokens."}}"#,
            .contextOverflow, context: 163_840, prompt: 98305),
        Sample(
            400,
            #"{"error":{"message":"You passed 99073 input tokens and requested 32000 output tokens."#
                + #" However, the model's context length is only 131072 tokens, ..."}}"#,
            .contextOverflow, context: 131_072, prompt: 99073),
        Sample(
            400,
            #"{"object":"error","message":"This model's maximum context length is 4096 tokens. "#
                + "However, you requested 5000 tokens (4000 in the messages, 1000 in the "
                + #"completion). Please reduce the length","type":"BadRequestError"}"#,
            .contextOverflow, context: 4096, prompt: 4000),
        // OpenAI
        Sample(
            404,
            #"{"error":{"message":"The model `x` does not exist or you do not have access to it.","#
                + #""code":"model_not_found"}}"#, .modelNotFound),
        Sample(
            500,
            #"{"error":{"message":"The server had an error while processing your request. Sorry","#
                + #""type":"server_error","param":null,"code":null}}"#,
            .backendError, retryable: true),
        Sample(
            400,
            #"{"error":{"message":"This model's maximum context length is 128000 tokens. However, "#
                + "your messages resulted in 130518 tokens. Please reduce the length of the "
                + #"messages.","code":"context_length_exceeded"}}"#,
            .contextOverflow, context: 128_000, prompt: 130_518),
        Sample(502, "<html>Bad Gateway</html>", .backendError, retryable: true),
        Sample(418, "", .backendError, retryable: false),
    ]

    @Test(arguments: lmStudio + others)
    func `what a server says becomes the error that it means`(sample: Sample) throws {
        let fault = sample.fault
        #expect(fault.code == sample.code)
        #expect(fault.retryable == sample.retryable ?? sample.code.retryable)
        #expect(fault.data["backend"] == "b")
        #expect(fault.data["context_length"]?.integerValue == sample.context)
        #expect(fault.data["prompt_tokens"]?.integerValue == sample.prompt)
        let bytes = ByteBuffer(sample.body)
        let words = BackendFailure.words(in: bytes.span)
        #expect(fault.data["backend_message"]?.stringValue == words)
        if let words { #expect(fault.message.contains(words)) }
        #expect(fault.message.contains("LMStudio"))
        switch sample.code {
        case .backendError: #expect(fault.data["status"]?.integerValue == sample.status)
        case .backendUnavailable: #expect(fault.data["retry_after_ms"] == 1000)
        case .modelNotFound: #expect(fault.data["nearest"] == ["qwen3-8b", "llama-3-8b"])
        default: break
        }
    }

    @Test func `where no model is loaded the command that loads it is told`() {
        let fault = Sample.fault(400, #"{"error":"\#(Self.noModels)"}"#)
        #expect(fault.message.contains("lms load qwen3-4b"))
    }

    @Test(arguments: [
        (401, #"{"error":{"message":"Malformed LM Studio API token provided: sk-secret-***"}}"#),
        (401, #"{"error":{"message":"An LM Studio API token is required"}}"#),
        (401, #"{"error":"Unauthorized"}"#), (401, #"{"error":{"message":"Invalid API Key"}}"#),
        (401, ""), (401, #"{"error":"No models loaded"}"#),
        (403, #"{"error":"Permission denied to use plugin"}"#),
        (403, #"{"error":{"message":"maximum context length is 5"}}"#),
    ])
    func `a refused key never brings the server's words`(status: Int, body: String) {
        let fault = Sample.fault(status, body)
        #expect(fault.code == .backendAuth)
        #expect(!fault.retryable)
        #expect(fault.data == ["backend": "b"])
        #expect(fault.message.contains("api_key") && fault.message.contains("\(status)"))
        #expect(!fault.message.contains("sk-") && !fault.message.contains("Malformed"))
    }

    @Test(arguments: [200, 400, 404, 429, 500, 503])
    func `words that repeat the key are not passed on`(status: Int) {
        for body in [
            #"{"error":"token sk-secret-0123 is wrong for this model"}"#,
            #"{"error":{"message":"No models loaded for sk-secre***"}}"#,
            #"{"message":"exceeds the context length \u0073k-secre"}"#,
        ] {
            let fault = Sample.fault(status, body)
            #expect(fault.data["backend_message"] == nil)
            #expect(!fault.message.contains("secre"))
        }
    }

    private static let tooMany =
        #"{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}"#

    @Test(arguments: [(nil, 1000), (7000, 7000), (0, 0)])
    func `a server that has had too many requests says when to ask again`(
        asked: Int?, milliseconds: Int
    ) {
        let fault = Sample.fault(429, Self.tooMany, retryAfter: asked)
        #expect(fault.code == .rateLimited)
        #expect(fault.retryable)
        #expect(fault.data["retry_after_ms"]?.integerValue == milliseconds)
        #expect(fault.data["backend_message"] == "Rate limit reached")
        let busy = Sample.fault(503, "", retryAfter: asked)
        #expect(busy.data["retry_after_ms"]?.integerValue == milliseconds)
    }

    @Test func `a quota that is used up is not to be asked for again`() {
        let fault = Sample.fault(
            429,
            #"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","#
                + #""param":null,"code":"insufficient_quota"}}"#)
        #expect(fault.code == .rateLimited)
        #expect(!fault.retryable)
        #expect(fault.data["retry_after_ms"] == nil)
        #expect(fault.data["backend_message"] == "You exceeded your current quota")
    }

    @Test func `what the daemon lacks is its own limit, and compression is named`() {
        let lacking = Self.failure.fault(of: .lacking("Too many open files"))
        #expect(lacking.code == .limitExceeded && lacking.retryable)
        #expect(lacking.data["limit"] == "open_files")
        #expect(lacking.message.contains("the daemon itself lacks"))
        #expect(lacking.message.contains("Too many open files"))
        let packed = Self.failure.fault(of: .encoding("br"))
        #expect(packed.code == .backendError && packed.message.contains("Content-Encoding: br"))
    }

    static let broken: [(ExchangeError, ErrorCode, Bool)] = [
        (.connect("Connection refused"), .backendUnavailable, true),
        (.connectTimeout, .backendUnavailable, true),
        (.broken("Connection reset by peer"), .backendUnavailable, true),
        (.answer(.closedWithoutAnswer), .backendUnavailable, true),
        (.answer(.truncated), .backendError, true), (.answer(.notHTTP), .backendError, false),
        (.answer(.badChunk), .backendError, false),
        (.answerTooLarge(max: 1_000_000), .backendError, false),
    ]

    @Test(arguments: broken)
    func `what went wrong on the way says where and why`(
        error: ExchangeError, code: ErrorCode, retryable: Bool
    ) {
        let fault = Self.failure.fault(of: error)
        #expect(fault.code == code)
        #expect(fault.retryable == retryable)
        #expect(fault.message.contains(error.message))
        #expect(fault.message.contains("LMStudio at http://h:1234"))
        #expect(fault.data["backend"] == "b")
    }

    @Test(arguments: [
        (400, #"{"error":"Failed to load model \"a\". Error: Model load was aborted."}"#),
        (500, #"{"error":{"code":500,"message":"model limit reached, try again later"}}"#),
        (400, #"{"error":{"code":400,"message":"model name=a is not running"}}"#),
    ])
    func `a load that met another load is nobody's failure`(status: Int, body: String) {
        let failure = ServerFailure(status: status, retryAfter: nil, body: ByteBuffer(body).span)
        #expect(failure.reason == .contention)
    }

    @Test(arguments: [
        (#"{"error":"a"}"#, "a"), (#"{"error":{"message":"a","code":1}}"#, "a"),
        (#"{"message":"a"}"#, "a"), (#"{"detail":"a"}"#, "a"),
        (#"{"error":null,"message":"a"}"#, "a"), (#"{"error":{"code":1},"detail":"a"}"#, "a"),
        (
            #"{"detail":[{"loc":["body","messages",0,"role"],"msg":"a"}]}"#,
            "a (body.messages.0.role)"
        ),
        (#"{"detail":{"msg":"a","type":"service_unavailable"}}"#, "a"),
        (#"{"error":{"error":{"message":"a"}}}"#, "a"), (#"{"errors":[{"message":"a"}]}"#, "a"),
        (#"[{"error":{"message":"a"}},{"error":"b"}]"#, "a; b"), (#""a""#, "a"),
        (#"{"error":"code","message":"a"}"#, "a"), (#"{"object":"error","message":"a"}"#, "a"),
        ("data: {\"error\":{\"message\":\"a\"}}\n\n", "a"), ("error: {\"message\":\"a\"}", "a"),
        ("event: error\ndata: a\n\n", "a"), (" a \n", "a"), ("\u{FEFF}{\"error\":\"a\"}", "a"),
        (#"{"error":{"message":"a\ud83d"}}"#, "a\u{FFFD}"), ("{oops", "{oops"),
        (
            #"{"error":{"message":"a","metadata":{"raw":"{\"error\":{\"message\":\"b\"}}"}}}"#,
            "a: b"
        ),
        ("\u{1F}\u{8}\u{0}abc", nil), ("a\u{0}", nil),
        (#"{"error":7}"#, nil), ("{}", nil), ("[]", nil), ("<html><p>a</p></html>", nil), ("", nil),
    ])
    func `the sentence of an error is found in every form`(body: String, words: String?) {
        let bytes = ByteBuffer(body)
        #expect(BackendFailure.words(in: bytes.span) == words)
    }

    @Test(arguments: [
        (200, #"{"error":"Unexpected endpoint or method. (POST /x)"}"#, true),
        (404, "404 page not found", true), (405, "405 method not allowed", true),
        (404, #"{"detail":"Not Found"}"#, true), (404, "", true),
        (404, #"{"error":{"message":"File Not Found","type":"not_found_error","code":404}}"#, true),
        (404, #"{"error":"model 'x' not found"}"#, false),
        (404, #"{"error":{"message":"m","code":"model_not_found"}}"#, false),
        (200, #"{"error":"No models loaded"}"#, false), (200, "{}", false), (500, "", false),
        (400, #"{"error":"Unexpected endpoint or method."}"#, false),
    ])
    func `a server without such an API is told from one without such a model`(
        status: Int, body: String, isUnknown: Bool
    ) {
        let bytes = ByteBuffer(body)
        let failure = ServerFailure(status: status, retryAfter: nil, body: bytes.span)
        #expect((failure.reason == .unknownRoute) == isUnknown)
    }

    @Test func `a body of megabytes is no sentence`() {
        let body = #"{"error":"\#(String(repeating: "é", count: 100_000))"}"#
        let words = BackendFailure.words(in: Array(body.utf8).span)
        #expect(words?.unicodeScalars.count == 4000 && words?.hasSuffix("…") == true)
        #expect(BackendFailure.words(in: Array(#"{"error":"short"}"#.utf8).span) == "short")
    }
}
