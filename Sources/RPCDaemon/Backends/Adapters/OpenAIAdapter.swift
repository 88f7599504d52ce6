package import CrowdModelsProtocol

/// Every other program that speaks OpenAI's API, and OpenAI's own.
package struct OpenAIAdapter: Adapter {
    package let paths: ServerPaths
    /// Which program it is, as far as that is known.
    package let kind: ServerKind

    package var traits: ServerTraits {
        var traits = ServerTraits()
        traits.hasSuffix = kind == .localai || kind == .openai || kind == .litellm
        return traits
    }

    /// Both compute a whole answer to its end after its client has gone: LiteLLM has it computed by
    /// the server behind it.
    package func streams(_ request: ChatRequest) -> Bool {
        request.isStream || kind == .mlxLM || kind == .litellm
    }

    package func chat(
        _ request: ChatRequest, _ call: ChatCall, to body: inout ByteBuffer
    ) -> String {
        var form = ChatForm(isStream: streams(request))
        switch kind {
        case .sglang, .mlxLM:
            form.reasoning = .template
            form.repeatPenalty = "repetition_penalty"
        case .textGenerationWebUI: form.repeatPenalty = "repetition_penalty"
        // What answers behind them is llama.cpp.
        case .llamaSwap, .dockerModelRunner, .lemonade: form.reasoning = .template
        default: break
        }
        request.write(call, form, to: &body)
        return call.isRaw ? paths.completions : paths.chat
    }
}
