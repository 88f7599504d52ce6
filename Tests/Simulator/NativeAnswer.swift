/// Answers `POST /api/v1/chat`: one result, or typed events that end with it.
struct NativeAnswer {
    let exchange: Exchange
    let prompt: Prompt

    func run() throws(Exchange.Ending) {
        let began = Clock.now
        let wish = Catalogue.Wish(model: prompt.model, embeds: false, ttl: nil)
        var hasBegun = false
        var loadTime: UInt64?
        try exchange.withPlace(
            wish,
            onLoad: { () throws(Exchange.Ending) in
                loadTime = 0
                guard prompt.streams else { return }
                hasBegun = true
                try begin(prompt.model ?? "")
                try event("model_load.start", instance(prompt.model ?? ""))
            }
        ) { (place, ticket) throws(Exchange.Ending) in
            if loadTime != nil { loadTime = Clock.now - began }
            let script = Script(
                prompt, model: place.model.id, tokens: exchange.simulation.options.tokens)
            guard prompt.streams else {
                return try whole(script, place, ticket, loadTime)
            }
            if hasBegun {
                let loaded: [JSON.Member] = [
                    .init(name: "load_time_seconds", value: .seconds(loadTime ?? 0))
                ]
                try event("model_load.progress", instance(place.instance) + [progress(1)])
                try event("model_load.end", instance(place.instance) + loaded)
            } else {
                try begin(place.instance)
            }
            try stream(script, place, ticket, loadTime)
        }
    }

    private func begin(_ name: String) throws(Exchange.Ending) {
        try exchange.beginStream()
        try event("chat.start", instance(name))
    }

    private func instance(_ name: String) -> [JSON.Member] {
        [.init(name: "model_instance_id", value: .string(name))]
    }

    private func progress(_ part: Double) -> JSON.Member {
        .init(name: "progress", value: .double(part))
    }

    private func event(_ type: String, _ members: [JSON.Member] = []) throws(Exchange.Ending) {
        let json = JSON.object([.init(name: "type", value: .string(type))] + members)
        try exchange.frame(Array("event: \(type)\ndata: ".utf8) + json.bytes())
    }

    private func whole(
        _ script: Script, _ place: Shelf.Place, _ ticket: Ticket, _ loadTime: UInt64?
    ) throws(Exchange.Ending) {
        if prompt.tokens > place.context {
            let refusal = Refusal.overflow(prompt.tokens, context: place.context)
            return try exchange.reply(
                .native(refusal.message, status: 400, type: "invalid_request"))
        }
        let timing = try exchange.generate(
            script, promptTokens: prompt.tokens, place, ticket, onToken: { _ in })
        guard let timing else {
            return try exchange.reply(
                .native(
                    ticket.death ?? Refusal.crashedText, status: 500, type: "internal_error"))
        }
        try exchange.reply(result(script, place, timing, loadTime))
    }

    private func stream(
        _ script: Script, _ place: Shelf.Place, _ ticket: Ticket, _ loadTime: UInt64?
    ) throws(Exchange.Ending) {
        try event("prompt_processing.start")
        try event("prompt_processing.progress", [progress(0.5)])
        let isOver = prompt.tokens > place.context
        var timing: Exchange.Timing?
        if !isOver {
            timing = try exchange.generate(
                script, promptTokens: prompt.tokens, place, ticket
            ) { (index) throws(Exchange.Ending) in
                try exchange.meetFaults(isLast: false)
                try token(index, of: script)
            }
        }
        guard let timing else {
            let message =
                isOver
                ? Refusal.overflow(prompt.tokens, context: place.context).message
                : ticket.death ?? Refusal.crashedText
            let refusal = Refusal.native(
                message, status: 200, type: isOver ? "invalid_request" : "internal_error")
            try event("error", refusal.body.members ?? [])
            return try end(script, place, nil, loadTime)
        }
        if script.thought.isEmpty && script.pieces.isEmpty {
            try event("prompt_processing.end")
            try event("message.start")
        }
        try exchange.meetFaults(isLast: true)
        try event(
            script.pieces.isEmpty && !script.thought.isEmpty ? "reasoning.end" : "message.end")
        try end(script, place, timing, loadTime)
    }

    private func token(_ index: Int, of script: Script) throws(Exchange.Ending) {
        if index == 0 { try event("prompt_processing.end") }
        let thought = script.thought.count
        if index < thought {
            if index == 0 { try event("reasoning.start") }
            try delta("reasoning.delta", script.thought[index])
            return
        }
        if index == thought {
            if thought > 0 { try event("reasoning.end") }
            try event("message.start")
        }
        try delta("message.delta", script.pieces[index - thought])
    }

    private func delta(_ type: String, _ text: String) throws(Exchange.Ending) {
        try event(type, [.init(name: "content", value: .string(text))])
    }

    private func end(
        _ script: Script, _ place: Shelf.Place, _ timing: Exchange.Timing?, _ loadTime: UInt64?
    ) throws(Exchange.Ending) {
        let result = result(script, place, timing, loadTime)
        try event("chat.end", [.init(name: "result", value: result)])
        try exchange.endStream()
    }

    private func result(
        _ script: Script, _ place: Shelf.Place, _ timing: Exchange.Timing?, _ loadTime: UInt64?
    ) -> JSON {
        // After an error only what was generated until then counts.
        let made = timing == nil ? exchange.tokensSent : script.tokens
        let thought = script.thought.prefix(made)
        let text = script.pieces.prefix(made - thought.count).joined()
        var output: [JSON] = []
        if !thought.isEmpty {
            output.append(["type": "reasoning", "content": .string(thought.joined())])
        }
        output.append(["type": "message", "content": .string(text)])
        var stats: [JSON.Member] = [
            .init(name: "input_tokens", value: .int(prompt.tokens)),
            .init(name: "total_output_tokens", value: .int(made)),
            .init(name: "reasoning_output_tokens", value: .int(thought.count)),
            .init(name: "tokens_per_second", value: timing?.speed(made) ?? 0),
            .init(name: "time_to_first_token_seconds", value: timing?.toFirst ?? 0),
        ]
        if let loadTime {
            stats.append(.init(name: "model_load_time_seconds", value: .seconds(loadTime)))
        }
        return [
            "model_instance_id": .string(exchange.shownModel(place)),
            "output": .array(output), "stats": .object(stats),
            "response_id": .string(Exchange.identifier("resp_")),
        ]
    }
}
