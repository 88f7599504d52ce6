package import Configuration

/// A model server that the search has found.
package struct FoundServer: Equatable, Sendable {
    /// Unlike all others; the same again when it returns.
    package let name: String
    package let kind: ServerKind
    package let endpoint: Endpoint

    package init(name: String, kind: ServerKind, endpoint: Endpoint) {
        self.name = name
        self.kind = kind
        self.endpoint = endpoint
    }
}
