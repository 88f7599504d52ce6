/// Whether a request may come in; the greeting and the status are open.
enum Authorization {
    static func check(_ exchange: Exchange, _ path: String) -> Refusal? {
        guard let key = exchange.simulation.options.apiKey,
            path != "/lmstudio-greeting", path != "/lms-status"
        else { return nil }
        guard let header = exchange.request.header("authorization"),
            header.lowercased().hasPrefix("bearer ")
        else { return .tokenMissing }
        let token = String(header.dropFirst("bearer ".count))
        return token == key ? nil : .tokenMalformed(token)
    }
}
