package import CrowdModelsProtocol

/// GPT4All's server (3.x), which has no streams and refuses whoever asks for one: a caller who
/// wants text as it comes gets all of it at once.
package struct GPT4AllAdapter: Adapter {
    package let paths: ServerPaths

    /// What its own window has for the length of an answer; its server would end each after 16.
    static let tokensMax = 4096

    package func streams(_ request: ChatRequest) -> Bool { false }

    package func chat(
        _ request: ChatRequest, _ call: ChatCall, to body: inout ByteBuffer
    ) -> String {
        let form = ChatForm(isStream: false, tokensMax: Self.tokensMax)
        request.write(call, form, to: &body)
        return call.isRaw ? paths.completions : paths.chat
    }
}
