/// Answers `POST …/embeddings`: a unit vector for each input, the same for the same text.
struct EmbeddingAnswer {
    let exchange: Exchange
    let json: JSON

    static let dimensions = 768

    func run() throws(Exchange.Ending) {
        guard let input = json["input"] else {
            return try exchange.reply(.plain("'input' field is required"))
        }
        let texts = input.items?.compactMap(\.text) ?? input.text.map { [$0] } ?? []
        guard !texts.isEmpty, texts.count == input.items?.count ?? 1 else {
            return try exchange.reply(
                .plain("'input' must be a string or a non-empty array of strings"))
        }
        let ttl = json["ttl"]?.double.map { Clock.nanoseconds($0) }
        let wish = Catalogue.Wish(model: json["model"]?.text, embeds: true, ttl: ttl)
        try exchange.withPlace(wish) { (place, ticket) throws(Exchange.Ending) in
            while !ticket.isGranted && ticket.death == nil { try exchange.wait(until: nil) }
            if let death = ticket.death { return try exchange.reply(.plain(death)) }
            let data = texts.enumerated().map { index, text -> JSON in
                [
                    "object": "embedding", "embedding": vector(text, place.model.id),
                    "index": .int(index),
                ]
            }
            let tokens = texts.reduce(0) { $0 + Prose.count($1) }
            try exchange.reply([
                "object": "list", "data": .array(data),
                "model": .string(exchange.shownModel(place)),
                "usage": ["prompt_tokens": .int(tokens), "total_tokens": .int(tokens)],
            ])
        }
    }

    private func vector(_ text: String, _ model: String) -> JSON {
        var prose = Prose(seed: Array(model.utf8) + [0] + Array(text.utf8))
        let raw = (0..<EmbeddingAnswer.dimensions).map { _ in Double(prose.below(2001)) - 1000 }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return .array(raw.map { .double(length == 0 ? 0 : $0 / length) })
    }
}
