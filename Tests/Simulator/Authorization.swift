/// Whether a request may come in; some paths of each kind are open.
enum Authorization {
    static func check(_ exchange: Exchange, _ path: String) -> Refusal? {
        let kind = exchange.simulation.options.kind
        guard let key = exchange.simulation.options.apiKey, !kind.isOpen(path) else { return nil }
        if kind != .lmstudio {
            return exchange.request.header("authorization") == "Bearer \(key)" ? nil : kind.refusal
        }
        guard let header = exchange.request.header("authorization"),
            header.lowercased().hasPrefix("bearer ")
        else { return .tokenMissing }
        let token = String(header.dropFirst("bearer ".count))
        return token == key ? nil : .tokenMalformed(token)
    }
}
