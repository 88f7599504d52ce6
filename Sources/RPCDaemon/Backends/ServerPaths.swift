import Configuration

/// Where a server's APIs are, whichever of them its endpoint spelled.
package struct ServerPaths: Equatable, Sendable {
    /// What the `Host` field says.
    let host: String
    /// LM Studio's `/api/v0`.
    let lmStudio: String
    /// LM Studio's `/api/v1`.
    let native: String
    /// The OpenAI API: the endpoint's own path where it has one that is not LM Studio's.
    let openAI: String
    /// The server's root, for llama.cpp's `/props`.
    let root: String

    init(_ endpoint: Endpoint) {
        let root = endpoint.serverRoot
        self.root = root.prefix
        host = endpoint.scheme == .unix ? "localhost" : endpoint.authority
        lmStudio = root.prefix + "/api/v0"
        native = root.prefix + "/api/v1"
        let base = endpoint.basePath
        let isOwn = base.isEmpty || base == "/" || base == lmStudio || base == native
        openAI = isOwn ? root.prefix + "/v1" : base
    }
}
