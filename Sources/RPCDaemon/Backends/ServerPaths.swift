import Configuration

/// Where a server's APIs are, whichever of them its endpoint spelled; the strings are made once.
package struct ServerPaths: Equatable, Sendable {
    /// What the `Host` field says.
    let host: String
    /// The server's root, below which programs have APIs of their own; empty for the host's.
    let root: String
    /// The OpenAI API: the endpoint's own path where it has one that is not another API's.
    let openAI: String
    /// OpenAI's chat, and its text completion.
    let chat: String
    let completions: String

    init(_ endpoint: Endpoint) {
        let root = endpoint.serverRoot
        self.root = root.prefix
        host = endpoint.scheme == .unix ? "localhost" : endpoint.authority
        let base = endpoint.basePath
        let isOther = root.prefix + "/api/v0" == base || root.prefix + "/api/v1" == base
        openAI = base.isEmpty || base == "/" || isOther ? root.prefix + "/v1" : base
        chat = openAI + "/chat/completions"
        completions = openAI + "/completions"
    }
}
