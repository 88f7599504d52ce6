/// `complete`: text from a prompt or a conversation.
public enum CompleteMethod {
    /// The longest time limit in milliseconds: a year, so that no sum of nanoseconds overflows.
    public static let millisecondsMax = 31_536_000_000

    /// What a call takes, in the order of a call by position; `CompleteParameter` names the places.
    public static let parameters: [Parameter] = [
        .optional(
            "model", .name,
            "The model's id or alias; without it `default_model`, else the one loaded chat model."),
        .optional("prompt", .string, "What to answer; exactly one of `prompt` and `messages`."),
        .optional(
            "messages", .objects, of: "Message",
            "The conversation in OpenAI's form; exactly one of `prompt` and `messages`."),
        .optional(
            "system_prompt", .string, "Sent first, as a system message of its own."),
        .optional(
            "temperature", .number(0...100),
            "How freely to choose; the backend's default if absent."),
        .optional("top_p", .number(0...1), "Choose among the likeliest tokens up to this share."),
        .optional(
            "top_k", .integer(-1...2_147_483_647),
            "Choose among this many tokens; 0 or -1 for all, where the backend knows these."),
        .optional(
            "min_p", .number(0...1), "Leave out tokens below this share of the likeliest one's."),
        .optional(
            "max_tokens", .countOrUnlimited, "The most tokens to produce; -1 for no limit."),
        .optional("stop", .stringOrStrings, "Text, or texts, at which to stop."),
        .optional(
            "seed", .integer(Int.min...Int.max), "The same seed, the same answer, if supported."),
        .optional(
            "presence_penalty", .number(-100...100), "Above 0: fewer tokens that were there before."
        ),
        .optional(
            "frequency_penalty", .number(-100...100),
            "Above 0: fewer tokens the more often they were there before."),
        .optional(
            "repeat_penalty", .number(0...100), "Above 1: fewer repetitions; 1 changes nothing."),
        .optional(
            "logit_bias", .object, of: "LogitBias", "What to add to the likelihood of tokens."),
        .optional(
            "response_format", .object, of: "ResponseFormat",
            "The form of the answer, such as a JSON Schema it has to fit."),
        .optional("tools", .objects, of: "Tool", "Functions that the model may ask to be called."),
        .optional(
            "tool_choice", .stringOrObject, of: "ToolChoice",
            "`auto`, `none`, `required`, or the one function to call."),
        .optional(
            "reasoning", .stringOrBoolean,
            "How much to think first, such as `off`, `low`, `high`; true is `on`, false is `off`."),
        .optional(
            "ttl", .integer(0...315_360_000),
            "Seconds without use after which the backend unloads the model."),
        .optional(
            "draft_model", .name, "A smaller model of the same backend that guesses ahead."),
        .options,
        .optional(
            "stream", .boolean, "Whether to send `complete.delta` as text comes; false if absent."),
        .optional(
            "progress", .boolean, "Whether to send `complete.progress` on change; false by default."
        ),
        .backend, .priority, .timeout, .deadline, .tag,
        .optional(
            "session", .label,
            "Names a conversation: its requests go where its prompt is still cached, if they can."),
        .optional(
            "max_completion_tokens", .countOrUnlimited, "Another name for `max_tokens`."),
        .optional(
            "raw", .boolean,
            "Whether `prompt` goes to the model as it is, without its chat template."),
        .optional(
            "suffix", .string,
            "The text behind what is to be filled in after `prompt`, where the backend can."),
    ]

    /// What there is to know of it.
    public static let description = MethodDescription(
        .complete, "Completes a prompt or a conversation.",
        """
        Exactly one of `prompt` and `messages` is needed; all else is optional, and what is \
        absent is the backend's default. A request over a rate or concurrency limit waits for \
        its turn if that fits its times. With `stream` the text comes as `complete.delta` first, \
        then the whole result, which is the same as without it. Cancelled with `cancel`, it is \
        answered all the same: with the text so far and `finish_reason` `cancelled`, or with \
        -32800 where there was none, as is always so where a server was asked for the whole \
        answer at once. A time limit is 1008 in a stream too, with the text so far. What `options` \
        gives twice, and what asks for more than one answer or for likelihoods (`n`, `best_of`, \
        `echo`, `logprobs`, `top_logprobs`), is refused. `raw` and `suffix` go with `prompt` \
        alone: code completion; a backend without text completion is asked by chat, and one that \
        cannot fill in is not asked (1010). `stream` and `progress` need an id that is not null \
        and cannot stand in a batch.
        """,
        result: .completeResult,
        errors: [
            .invalidRequest, .cancelled, .modelNotFound, .noBackend,
            .backendUnavailable, .backendError, .backendAuth, .rateLimited, .busy,
            .timeout, .contextOverflow, .unsupported, .shuttingDown, .limitExceeded,
            .streamInterrupted, .deadlineUnreachable,
        ],
        notifications: [.completeDelta, .completeProgress],
        examples: [
            MethodExample(
                "a prompt",
                params: #"{"prompt": "Say hello.", "max_tokens": 50}"#,
                result: #"""
                    {"content": "Hello!", "model": "qwen3-4b", "backend": "lmstudio",
                     "finish_reason": "stop", "usage": {"prompt_tokens": 12,
                     "completion_tokens": 3, "total_tokens": 15}, "stats": {"tokens_per_second":
                     51.4, "time_to_first_token": 0.111, "generation_time": 0.058, "queue_time":
                     0.0001, "total_time": 0.171, "stop_reason": "eosFound", "source":
                     "backend"}, "model_info": {"arch": "qwen3", "quant": "Q4_K_M", "format":
                     "gguf", "context_length": 8192}}
                    """#),
            MethodExample(
                "a conversation with an image",
                params: #"""
                    {"model": "qwen2-vl-7b", "messages": [{"role": "user", "content": [{"type":
                     "text", "text": "What is this?"}, {"type": "image_url", "image_url":
                     {"url": "data:image/png;base64,iVBORw0KGgo="}}]}]}
                    """#,
                result: #"""
                    {"content": "A cat.", "model": "qwen2-vl-7b", "backend": "lmstudio",
                     "finish_reason": "stop", "usage": {"prompt_tokens": 270,
                     "completion_tokens": 4, "total_tokens": 274}, "stats": {"queue_time":
                     0.0001, "total_time": 0.9, "source": "measured"}}
                    """#),
            MethodExample(
                "a tool",
                params: #"""
                    {"prompt": "Weather in Paris?", "tools": [{"type": "function", "function":
                     {"name": "get_weather", "parameters": {"type": "object", "properties":
                     {"city": {"type": "string"}}}}}]}
                    """#,
                result: #"""
                    {"content": "", "tool_calls": [{"id": "931693397", "type": "function",
                     "function": {"name": "get_weather", "arguments": "{\"city\":\"Paris\"}"}}],
                     "model": "qwen3-4b", "backend": "lmstudio", "finish_reason": "tool_calls",
                     "stats": {"queue_time": 0.0001, "total_time": 0.4, "source": "measured"}}
                    """#),
        ])
}

/// Where each parameter of `complete` stands in its list, and so in its `Arguments`.
public enum CompleteParameter: Int, CaseIterable, Sendable {
    case model, prompt, messages, systemPrompt
    case temperature, topP, topK, minP, maxTokens, stop, seed
    case presencePenalty, frequencyPenalty, repeatPenalty, logitBias
    case responseFormat, tools, toolChoice, reasoning, ttl, draftModel, options
    case stream, progress, backend, priority, timeoutMilliseconds, deadlineMilliseconds, tag
    case session, maxCompletionTokens, raw, suffix

    /// The name on the wire.
    public var name: String { CompleteMethod.parameters[rawValue].name }
}
