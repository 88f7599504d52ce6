/// Answers Ollama's `POST /api/chat`: one object, or one a line until the one that is done.
struct OllamaAnswer {
    let exchange: Exchange
    let prompt: Prompt

    private static let lines = "application/x-ndjson"

    func run() throws(Exchange.Ending) {
        let began = Clock.now
        let wish = Catalogue.Wish(model: prompt.model, embeds: false, ttl: nil)
        try exchange.withPlace(wish) { (place, ticket) throws(Exchange.Ending) in
            let loading = Clock.now - began
            let script = Script(
                prompt, model: place.model.id, tokens: exchange.simulation.options.tokens)
            if prompt.streams {
                try stream(script, place, ticket, loading)
            } else {
                try whole(script, place, ticket, loading)
            }
        }
    }

    private func whole(
        _ script: Script, _ place: Shelf.Place, _ ticket: Ticket, _ loading: UInt64
    ) throws(Exchange.Ending) {
        let timing = try exchange.generate(
            script, promptTokens: read(place), place, ticket, onToken: { _ in })
        guard let timing else { return try exchange.reply(crash(ticket)) }
        let message = message(script.content, script.reasoning, script.call)
        try exchange.reply(object(place, message, end(script, place, timing, loading)))
    }

    private func stream(
        _ script: Script, _ place: Shelf.Place, _ ticket: Ticket, _ loading: UInt64
    ) throws(Exchange.Ending) {
        try exchange.beginStream(type: Self.lines)
        if let call = script.call { try line(object(place, message("", "", call), more)) }
        let timing = try exchange.generate(
            script, promptTokens: read(place), place, ticket
        ) { (index) throws(Exchange.Ending) in
            try exchange.meetFaults(isLast: false)
            guard script.call == nil else { return }
            let isThought = index < script.thought.count
            let text =
                isThought ? script.thought[index] : script.pieces[index - script.thought.count]
            try line(
                object(place, message(isThought ? "" : text, isThought ? text : "", nil), more))
        }
        guard let timing else {
            // The status is 200 already: a line of its own, and no object that is done.
            try line(crash(ticket).body)
            return try exchange.endStream()
        }
        try exchange.meetFaults(isLast: true)
        if exchange.fault("no-finish") == nil {
            try line(object(place, message("", "", nil), end(script, place, timing, loading)))
        }
        try exchange.endStream()
    }

    private func line(_ json: JSON) throws(Exchange.Ending) {
        try exchange.frame(json.bytes(), end: "\n")
    }

    private let more: [JSON.Member] = [.init(name: "done", value: false)]

    /// Tokens of the prompt that are read: what is over the context is cut in silence.
    private func read(_ place: Shelf.Place) -> Int { min(prompt.tokens, place.context) }

    private func crash(_ ticket: Ticket) -> Refusal {
        .plain(ticket.death ?? "an error was encountered while running the model", status: 500)
    }

    private func object(
        _ place: Shelf.Place, _ message: JSON, _ rest: [JSON.Member]
    ) -> JSON {
        .object(
            [
                .init(name: "model", value: .string(exchange.shownModel(place))),
                .init(name: "created_at", value: "2026-11-26T08:52:19.385406Z"),
                .init(name: "message", value: message),
            ] + rest)
    }

    private func message(_ text: String, _ thought: String, _ call: Script.Call?) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "role", value: "assistant"), .init(name: "content", value: .string(text)),
        ]
        if !thought.isEmpty {
            members.append(.init(name: "thinking", value: .string(thought)))
        }
        if let call {
            let text = Array(call.arguments.joined().utf8)
            let arguments = (try? JSONReader.read(text)) ?? [:]
            let function: JSON = [
                "index": 0, "name": .string(call.name), "arguments": arguments,
            ]
            members.append(
                .init(
                    name: "tool_calls", value: [["id": .string(call.id), "function": function]]))
        }
        return .object(members)
    }

    /// The members of the last object; a count of zero is left out.
    private func end(
        _ script: Script, _ place: Shelf.Place, _ timing: Exchange.Timing, _ loading: UInt64
    ) -> [JSON.Member] {
        let reading = timing.firstToken - timing.began
        let generating = max(1, timing.ended - timing.firstToken)
        var members: [JSON.Member] = [
            .init(name: "done", value: true),
            .init(
                name: "done_reason", value: .string(script.finish == "length" ? "length" : "stop")),
        ]
        let numbers: [(String, Int)] = [
            ("total_duration", Int(loading + reading + generating)),
            ("load_duration", Int(loading)),
            ("prompt_eval_count", read(place)), ("prompt_eval_duration", Int(reading)),
            ("eval_count", script.tokens), ("eval_duration", Int(generating)),
        ]
        for (name, value) in numbers where value > 0 {
            members.append(.init(name: name, value: .int(value)))
        }
        return members
    }
}
