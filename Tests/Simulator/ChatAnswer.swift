/// Answers `POST …/chat/completions`, whole or streamed, in the dialect of /api/v0 or of /v1.
struct ChatAnswer {
    let exchange: Exchange
    let prompt: Prompt
    let isV0: Bool

    private var simulation: Simulation { exchange.simulation }

    func run() throws(Exchange.Ending) {
        let wish = Catalogue.Wish(model: prompt.model, embeds: false, ttl: prompt.ttl)
        try exchange.withPlace(wish) { (place, ticket) throws(Exchange.Ending) in
            let script = Script(prompt, model: place.model.id, tokens: simulation.options.tokens)
            if prompt.streams {
                try stream(script, place, ticket)
            } else {
                try whole(script, place, ticket)
            }
        }
    }

    private func overflow(_ place: Shelf.Place) -> Refusal? {
        prompt.tokens > place.context ? .overflow(prompt.tokens, context: place.context) : nil
    }

    private func whole(
        _ script: Script, _ place: Shelf.Place, _ ticket: Ticket
    ) throws(Exchange.Ending) {
        if let refusal = overflow(place) { return try exchange.reply(refusal) }
        let timing = try exchange.generate(
            script, promptTokens: prompt.tokens, place, ticket, onToken: { _ in })
        guard let timing else {
            return try exchange.reply(.plain(ticket.death ?? Refusal.crashedText))
        }
        let model = JSON.string(exchange.shownModel(place))
        var members: [JSON.Member] = [
            .init(name: "id", value: .string(Exchange.identifier("chatcmpl-"))),
            .init(name: "object", value: "chat.completion"),
            .init(name: "created", value: .int(Clock.date)),
            .init(name: "model", value: model),
        ]
        switch exchange.fault("choices")?.argument {
        case "absent": break
        case "empty": members.append(.init(name: "choices", value: []))
        default: members.append(.init(name: "choices", value: [choice(script, place)]))
        }
        if let usage = exchange.usage(
            prompt.tokens, script, details: !isV0 || !script.thought.isEmpty)
        {
            members.append(.init(name: "usage", value: usage))
        }
        if isV0 {
            members += exchange.measurements(script, timing, place)
        } else {
            members.append(.init(name: "stats", value: [:]))
            members.append(.init(name: "system_fingerprint", value: model))
        }
        try exchange.reply(.object(members))
    }

    /// Older versions, and /api/v0, put the message last and leave out what it has not.
    private func choice(_ script: Script, _ place: Shelf.Place) -> JSON {
        let isBrief = isV0 || exchange.fault("old") != nil
        var message: [JSON.Member] = [
            .init(name: "role", value: "assistant"),
            .init(name: "content", value: .string(script.content)),
        ]
        if !isBrief || !script.thought.isEmpty {
            let field = place.model.reasoningField
            message.append(.init(name: field, value: .string(script.reasoning)))
        }
        if !isBrief || script.call != nil {
            message.append(.init(name: "tool_calls", value: calls(script)))
        }
        let finish = JSON.string(script.finish)
        if isBrief {
            return [
                "index": 0, "logprobs": .null, "finish_reason": finish, "message": .object(message),
            ]
        }
        return [
            "index": 0, "message": .object(message), "logprobs": .null, "finish_reason": finish,
        ]
    }

    private func calls(_ script: Script) -> JSON {
        guard let call = script.call else { return [] }
        return [
            [
                "type": "function", "id": .string(call.id),
                "function": [
                    "name": .string(call.name), "arguments": .string(call.arguments.joined()),
                ],
            ]
        ]
    }

    private func stream(
        _ script: Script, _ place: Shelf.Place, _ ticket: Ticket
    ) throws(Exchange.Ending) {
        try exchange.beginStream()
        if let refusal = overflow(place) { return try exchange.failStream(refusal.message) }
        let frames = ChatFrames(exchange, place, isV0: isV0)
        if let choices = exchange.fault("choices")?.argument {
            try exchange.frame(frames.odd(choices))
        }
        if let call = script.call { try exchange.frame(frames.callStart(call)) }
        let timing = try exchange.generate(
            script, promptTokens: prompt.tokens, place, ticket
        ) { (index) throws(Exchange.Ending) in
            try exchange.meetFaults(isLast: false)
            try exchange.frame(frames.token(index, of: script))
        }
        guard let timing else {
            return try exchange.failStream(ticket.death ?? Refusal.crashedText)
        }
        try exchange.meetFaults(isLast: true)
        if exchange.fault("no-finish") == nil {
            let usage = exchange.usage(prompt.tokens, script, details: false)
            let stats = exchange.measurements(script, timing, place)
            try exchange.frame(frames.finish(script, usage, stats))
        }
        if prompt.includesUsage && !isV0,
            let usage = exchange.usage(prompt.tokens, script, details: true)
        {
            try exchange.frame(frames.usage(usage))
        }
        try exchange.finishStream()
    }
}
