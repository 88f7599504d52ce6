import Backends
import CrowdModelsProtocol
import Testing

/// A prompt that is too long is told apart from any other error, with its numbers, whoever says so.
@Suite struct ContextOverflowTests {
    /// A server's sentence, the tokens that fit and those that came.
    static let sentences: [(String, Int?, Int?)] = [
        (
            "Trying to keep the first 9000 tokens when context the overflows. However, the model "
                + "is loaded with context length of only 4096 tokens, which is not enough.",
            4096, 9000
        ),
        (
            "The number of tokens to keep from the initial prompt is greater than the context "
                + "length. Try to load the model with a larger context length", nil, nil
        ),
        ("Cannot truncate prompt with n_keep (12345) >= n_ctx (4096)", 4096, 12345),
        (
            "Reached context length of 4096 tokens with model, but this model does not support "
                + "overflow", 4096, nil
        ),
        (
            "request (13392 tokens) exceeds the available context size (8192 tokens), try "
                + "increasing it", 8192, 13392
        ),
        (
            "the request exceeds the available context size. try increasing the context size or "
                + "enable context shift", nil, nil
        ),
        ("Context size has been exceeded.", nil, nil),
        (
            "input (5000 tokens) is larger than the max context size (4096 tokens). skipping", 4096,
            5000
        ),
        ("Requested tokens (2285) exceed context window of 2048", 2048, 2285),
        (
            "This model's maximum context length is 2048 tokens. However, your prompt contains "
                + "20022 characters (more than 10240 characters, which is the upper bound for 2048 "
                + "input tokens). Please reduce the length of the input prompt. "
                + "(parameter=input_text, value=20022)", 2048, nil
        ),
        (
            "This model's maximum context length is 65536 tokens. However, your request has 85605 "
                + "input tokens. Please reduce the length of the input messages.", 65536, 85605
        ),
        (
            "This model's maximum context length is 163840 tokens. However, you requested 65536 "
                + "output tokens and your prompt contains at least 98305 input tokens, for a total "
                + "of at least 163841 tokens.", 163_840, 98305
        ),
        (
            "You passed 99073 input tokens and requested 32000 output tokens. However, the model's "
                + "context length is only 131072 tokens, resulting in a maximum", 131_072, 99073
        ),
        (
            "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens "
                + "(4000 in the messages, 1000 in the completion).", 4096, 4000
        ),
        (
            "This model's maximum context length is 128000 tokens. However, your messages resulted "
                + "in 130518 tokens. Please reduce the length of the messages.", 128_000, 130_518
        ),
        (
            "The decoder prompt (length 5000) is longer than the maximum model length of 4096.",
            4096, 5000
        ),
        (
            "The input (12345 tokens) is longer than the model's context length (8192 tokens).",
            8192, 12345
        ),
        (
            "Input length (700001 tokens) exceeds the maximum allowed length (536826 tokens)",
            536_826, 700_001
        ),
        (
            "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: "
                + "5000 `inputs` tokens and 100 `max_new_tokens`", 4096, 5000
        ),
        (
            "Input validation error: `inputs` must have less than 1024 tokens. Given: 1500", 1024,
            1500
        ),
        ("prompt is too long: 210000 tokens > 200000 maximum", 200_000, 210_000),
        (
            "the prompt is longer than the context length currently available to the model; shorten "
                + "the prompt", nil, nil
        ),
        ("the input length exceeds the context length", nil, nil),
        (
            "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
            32768, 40000
        ),
        (
            "The input token count (1,200,000) exceeds the maximum number of tokens allowed "
                + "(1,048,576).", 1_048_576, 1_200_000
        ),
        ("Prompt length 5000 is greater than max_seq_len 4096", 4096, 5000),
        (
            "The number of tokens to keep from the initial prompt is greater than the "
                + "context length (n_keep: 9000 >= n_ctx: 4096). Try to load the model with a "
                + "larger context length, or provide a shorter input", 4096, 9000
        ),
        (
            "Error in iterating prediction stream: ValueError: Prompt is too long (9000 "
                + "tokens) for the context length of 4096 tokens", 4096, 9000
        ),
        (
            "input is too large to process. increase the physical batch size", nil, nil
        ),
        (
            "This model's maximum context length is 2048 tokens, however you requested "
                + "2285 tokens (2029 in your prompt; 256 for the completion). Please reduce "
                + "your prompt; or completion length.", 2048, 2029
        ),
        (
            "The prompt (total length 12345) is too long to fit into the model (context "
                + "length 8192). Make sure that `max_model_len` is no smaller than the number "
                + "of text tokens plus multimodal tokens.", 8192, 12345
        ),
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 5000. This model's "
                + "maximum context length is 4096 tokens and your request has 1000 input "
                + "tokens (5000 > 4096 - 1000).", 4096, 1000
        ),
        (
            "This model's maximum context length is 4096 tokens. However, you requested "
                + "5000 tokens in the messages, Please reduce the length of the messages.", 4096,
            5000
        ),
        (
            "Requested token count exceeds the model's maximum context length of 8192 "
                + "tokens. You requested a total of 9000 tokens: 8000 tokens from the input "
                + "messages and 1000 tokens for the completion. Please reduce the number of "
                + "tokens in the input messages or the completion to fit within the limit.", 8192,
            8000
        ),
        (
            "Input is too long: 9000 tokens, max context is 4096", 4096, 9000
        ),
        (
            "The prompt exceeds the maximum context of 4096 tokens", 4096, nil
        ),
        (
            "input length and `max_tokens` exceed context limit: 190000 + 20000 > "
                + "200000, decrease input length or `max_tokens` and try again", 200_000, 190_000
        ),
        (
            "The input token count exceeds the maximum number of tokens allowed 1048576.",
            1_048_576, nil
        ),
        (
            "This endpoint's maximum context length is 131072 tokens. However, you "
                + "requested about 140000 tokens (136000 of text input, 4000 in the output). "
                + "Please reduce the length of either one, or use the \"middle-out\" transform "
                + "to compress your prompt automatically.", 131_072, 136_000
        ),
        (
            "This model's maximum prompt length is 131072 but the request contains "
                + "140000 tokens.", 131_072, 140_000
        ),
        (
            "too many tokens: total number of tokens in the prompt cannot exceed 4081 - "
                + "received 5000. Try using a shorter prompt, or enable prompt truncating.", 4081,
            5000
        ),
        (
            "The prompt is too long: 12345, model maximum context length: 8191", 8191, 12345
        ),
        (
            "Input is too long for requested model.", nil, nil
        ),
        (
            "This model maximum context length is 4096 tokens. However, your messages "
                + "resulted in over 5000 tokens.", 4096, 5000
        ),
        (
            "litellm.ContextWindowExceededError: litellm.BadRequestError: "
                + "ContextWindowExceededError: OpenAIException - Error code: 400", nil, nil
        ),
        (
            "rpc error: code = Unknown desc = the request exceeds the available context "
                + "size (4096), try increasing it", 4096, nil
        ),
        (
            "This model's maximum context length is 131,072 tokens. However, your "
                + "request has 140,001 input tokens.", 131_072, 140_001
        ),
        (
            "Prompt length (9000) exceeds maximum input length (8192). Set log level to "
                + "info and check TRTGptModel logs for how maximum input length is set", 8192, 9000
        ),
        (
            "Range of input length should be [1, 30720]", 30720, nil
        ),
        (
            "Invalid request: Your request exceeded model token limit: 8192", 8192, nil
        ),
        (
            "The token length of input 9000 exceeds the max session length 8192", 8192, 9000
        ),
        (
            "Prompt tokens (9000) exceeds max_model_len of 8192", 8192, 9000
        ),
        (
            "Prompt (9000 tokens) exceeds the maximum context of 8192 tokens", 8192, 9000
        ),
        (
            "Context limit exceeded: prompt has 9000 tokens but the limit is 8192", 8192, 9000
        ),
    ]

    @Test(arguments: sentences)
    func `the sentence tells it`(words: String, context: Int?, prompt: Int?) {
        let body = Array("{\"error\":{\"message\":\(JSONValue.string(words).text)}}".utf8)
        let failure = ServerFailure(status: 400, retryAfter: nil, body: body.span)
        #expect(
            failure.reason
                == .contextOverflow(contextLength: context, promptTokens: prompt))
        #expect(failure.words == words)
        let stream = Hearing.ofEvents([String(decoding: body, as: UTF8.self)])
        #expect(stream.failure?.reason == failure.reason)
    }

    @Test(arguments: [
        #"{"error":{"message":"Please shorten it.","code":"context_length_exceeded"}}"#,
        #"{"error":{"message":"no","type":"exceed_context_size_error","code":400}}"#,
    ])
    func `the code alone tells it`(body: String) {
        let failure = ServerFailure(status: 400, retryAfter: nil, body: Array(body.utf8).span)
        #expect(failure.reason == .contextOverflow(contextLength: nil, promptTokens: nil))
    }

    @Test func `a model that does not fit is no prompt that does not`() {
        let words = "Failed to load model: context length 131072 is too large"
        let failure = ServerFailure(
            status: 400, retryAfter: nil, body: Array(#"{"error":"\#(words)"}"#.utf8).span)
        #expect(failure.reason == .refused)
    }

    @Test(arguments: [#"13392,"n_ctx":8192"#, #""13392","n_ctx":"8192""#])
    func `llama.cpp's fields are believed before its words`(numbers: String) {
        let body =
            #"{"error":{"code":400,"message":"too big","type":"exceed_context_size_error","#
            + #""n_prompt_tokens":\#(numbers)}}"#
        let failure = ServerFailure(status: 400, retryAfter: nil, body: Array(body.utf8).span)
        #expect(failure.reason == .contextOverflow(contextLength: 8192, promptTokens: 13392))
    }

    @Test(arguments: [
        "max_tokens=999999 cannot be greater than max_model_len=max_total_tokens=8192. Please "
            + "request fewer output tokens.", "the model has crashed",
        "'messages' field is required",
        "model requires more system memory (8.0 GiB) than is available (4.0 GiB)",
        "max_tokens is too large: 5000. This model supports at most 4096 completion tokens, "
            + "whereas you provided 5000.",
        "Input should be greater than 0 (body.max_tokens)", "the image is too large: 30 MiB",
        "Rate limit reached on tokens per minute: Limit 6000, Requested 8000, input too large",
        "unknown option context_length", "out of memory while allocating the context",
    ])
    func `other errors are not taken for it`(words: String) {
        let body = Array("{\"error\":\(JSONValue.string(words).text)}".utf8)
        let failure = ServerFailure(status: 400, retryAfter: nil, body: body.span)
        #expect(failure.words == words)
        #expect(failure.reason == .refused || failure.reason == .crashed)
    }
}
