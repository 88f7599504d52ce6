package import CrowdModelsProtocol

/// vLLM: counts tokens of a conversation or a prompt; serves the models it was started with.
package struct VLLMAdapter: Adapter {
    package let paths: ServerPaths

    package func chat(
        _ request: ChatRequest, _ call: ChatCall, to body: inout ByteBuffer
    ) -> String {
        let form = ChatForm(
            isStream: request.isStream, reasoning: .template, repeatPenalty: "repetition_penalty")
        request.write(call, form, to: &body)
        return call.isRaw ? paths.completions : paths.chat
    }

    package func countTokens(
        messages: Span<UInt8>?, prompt: Span<UInt8>?, tools: Span<UInt8>?, model: String
    ) -> ServerRequest? {
        var request = ServerRequest(paths.root + "/tokenize", model: model)
        if let messages {
            request.add("messages", token: messages)
            if let tools { request.add("tools", token: tools) }
        } else if let prompt {
            request.add("prompt", token: prompt)
        } else {
            return nil
        }
        return request.closed()
    }
}
