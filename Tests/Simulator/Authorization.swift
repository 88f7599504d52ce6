/// Whether a request may come in; what tells that LM Studio is there is open.
enum Authorization {
    private static let open: Set<String> = ["/lmstudio-greeting", "/lms-status"]

    static func check(_ exchange: Exchange, _ path: String) -> Refusal? {
        guard let key = exchange.simulation.options.apiKey, !open.contains(path) else { return nil }
        guard let header = exchange.request.header("authorization"),
            header.lowercased().hasPrefix("bearer ")
        else { return .tokenMissing }
        let token = String(header.dropFirst("bearer ".count))
        return token == key ? nil : .tokenMalformed(token)
    }
}
