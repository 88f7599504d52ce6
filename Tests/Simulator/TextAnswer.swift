/// Answers `POST …/completions`, whole or streamed.
struct TextAnswer {
    let exchange: Exchange
    let prompt: Prompt
    let isV0: Bool

    func run() throws(Exchange.Ending) {
        let wish = Catalogue.Wish(model: prompt.model, embeds: false, ttl: prompt.ttl)
        try exchange.withPlace(wish) { (place, ticket) throws(Exchange.Ending) in
            let script = Script(
                prompt, model: place.model.id, tokens: exchange.simulation.options.tokens)
            let isOver = prompt.tokens > place.context
            let refusal = isOver ? Refusal.overflow(prompt.tokens, context: place.context) : nil
            if prompt.streams {
                try stream(script, place, ticket, refusal)
            } else if let refusal {
                try exchange.reply(refusal)
            } else {
                try whole(script, place, ticket)
            }
        }
    }

    private func piece(_ index: Int, of script: Script) -> String {
        let thought = script.thought.count
        return index < thought ? script.thought[index] : script.pieces[index - thought]
    }

    private func choice(_ text: String, finish: String?) -> JSON {
        [
            "index": 0, "text": .string(text), "logprobs": .null,
            "finish_reason": finish.map(JSON.string) ?? .null,
        ]
    }

    private func whole(
        _ script: Script, _ place: Shelf.Place, _ ticket: Ticket
    ) throws(Exchange.Ending) {
        let timing = try exchange.generate(
            script, promptTokens: prompt.tokens, place, ticket, onToken: { _ in })
        guard let timing else {
            return try exchange.reply(.plain(ticket.death ?? Refusal.crashedText))
        }
        let text = (0..<script.tokens).map { piece($0, of: script) }.joined()
        var members: [JSON.Member] = [
            .init(name: "id", value: .string(Exchange.identifier("cmpl-"))),
            .init(name: "object", value: "text_completion"),
            .init(name: "created", value: .int(Clock.date)),
            .init(name: "model", value: .string(exchange.shownModel(place))),
            .init(name: "choices", value: [choice(text, finish: script.finish)]),
        ]
        if let usage = exchange.usage(prompt.tokens, script, details: false) {
            members.append(.init(name: "usage", value: usage))
        }
        members +=
            isV0
            ? exchange.measurements(script, timing, place) : [.init(name: "stats", value: [:])]
        try exchange.reply(.object(members))
    }

    private func stream(
        _ script: Script, _ place: Shelf.Place, _ ticket: Ticket, _ refusal: Refusal?
    ) throws(Exchange.Ending) {
        try exchange.beginStream()
        if let refusal { return try exchange.failStream(refusal.message) }
        let model = JSON.string(exchange.shownModel(place))
        let envelope: JSON = [
            "id": .string(Exchange.identifier("cmpl-")), "object": "text_completion",
            "created": .int(Clock.date), "model": model, "system_fingerprint": model,
        ]
        func send(_ choices: JSON, _ usage: JSON? = nil) throws(Exchange.Ending) {
            var more: [JSON.Member] = [.init(name: "choices", value: choices)]
            if let usage { more.append(.init(name: "usage", value: usage)) }
            try exchange.frame(Array("data: ".utf8) + envelope.adding(more).bytes())
        }
        let timing = try exchange.generate(
            script, promptTokens: prompt.tokens, place, ticket
        ) { (index) throws(Exchange.Ending) in
            try exchange.meetFaults(isLast: false)
            try send([choice(piece(index, of: script), finish: nil)])
        }
        if timing == nil {
            return try exchange.failStream(ticket.death ?? Refusal.crashedText)
        }
        try exchange.meetFaults(isLast: true)
        if exchange.fault("no-finish") == nil {
            try send([choice("", finish: script.finish)])
        }
        if prompt.includesUsage && !isV0 {
            if let usage = exchange.usage(prompt.tokens, script, details: true) {
                try send([], usage)
            }
        }
        try exchange.finishStream()
    }
}
