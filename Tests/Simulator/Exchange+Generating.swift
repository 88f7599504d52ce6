extension Exchange {
    /// When a generation's parts happened.
    struct Timing {
        var began = Clock.now
        var firstToken: UInt64 = 0
        var ended: UInt64 = 0

        var toFirst: JSON { .seconds(firstToken - began) }
        var generating: JSON { .seconds(ended - firstToken) }

        /// What is too fast for the clock counts as a microsecond.
        func speed(_ tokens: Int) -> JSON {
            .double(Double(tokens) * 1e9 / Double(max(ended - firstToken, 1000)))
        }
    }

    /// Finds the model, waits while it loads, and runs `body` with a place on it.
    func withPlace(
        _ wish: Catalogue.Wish, onLoad: () throws(Ending) -> Void = {},
        _ body: (Shelf.Place, Ticket) throws(Ending) -> Void
    ) throws(Ending) {
        let ticket = Ticket(bell: bell)
        defer { simulation.catalogue.release(ticket) }
        var hasLoaded = false
        while true {
            if let death = ticket.death { return try reply(.plain(death)) }
            switch simulation.catalogue.admit(wish, ticket) {
            case .refused(let refusal): return try reply(refusal)
            case .loading(let deadline):
                if !hasLoaded { try onLoad() }
                hasLoaded = true
                while Clock.now < deadline { try wait(until: deadline) }
            case .placed(let place): return try body(place, ticket)
            }
        }
    }

    /// Waits for a slot, then plays `script` at its pace; false when the model died meanwhile.
    ///
    /// `onStart` runs when a slot is there, `onToken` for every piece.
    func generate(
        _ script: Script, promptTokens: Int, _ place: Shelf.Place, _ ticket: Ticket,
        onToken: (Int) throws(Ending) -> Void
    ) throws(Ending) -> Timing? {
        while !ticket.isGranted && ticket.death == nil { try wait(until: nil) }
        simulation.journal.generationBegan()
        isGenerating = true
        var isWhole = false
        defer {
            isGenerating = false
            simulation.journal.generationEnded(isWhole ? (promptTokens, script.tokens) : nil)
        }
        var timing = Timing()
        try readPrompt(promptTokens, ticket)
        timing.firstToken = Clock.now
        let pace = simulation.options.tokenTime
        for index in 0..<script.tokens {
            let due = Clock.moment(index, pace, after: timing.firstToken)
            repeat {
                if ticket.death != nil { return nil }
                try wait(until: due)
            } while Clock.now < due
            if ticket.death != nil { return nil }
            if let crash = fault("crash"), crash.number(or: 0) <= index {
                simulation.catalogue.crash(place.model.id)
                return nil
            }
            try onToken(index)
            tokensSent += 1
        }
        timing.ended = Clock.now
        isWhole = ticket.death == nil
        return isWhole ? timing : nil
    }

    /// The time before the first token. A client that leaves meanwhile does not free the slot:
    /// "If the model is busy processing the prompt, it will finish first."
    private func readPrompt(_ tokens: Int, _ ticket: Ticket) throws(Ending) {
        let options = simulation.options
        let start = Clock.now + options.firstTokenDelay
        let due = Clock.moment(tokens, options.promptTime, after: start)
        do {
            while Clock.now < due && ticket.death == nil { try wait(until: due) }
        } catch {
            if !options.prefillCancels { Clock.sleep(until: due) }
            throw error
        }
    }

    /// `chatcmpl-` and 21 letters or digits.
    static func identifier(_ prefix: String) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return prefix + String((0..<21).map { _ in letters.randomElement()! })
    }

    /// The name that the answer says its model has.
    func shownModel(_ place: Shelf.Place) -> String {
        guard let wrong = fault("wrong-model") else { return place.instance }
        if let name = wrong.argument { return name }
        let others = simulation.catalogue.entries.map(\.entry.model)
        return others.first { $0.id != place.model.id && !$0.isEmbedding }?.id ?? "another-model"
    }

    /// `usage` as its fault has it; nil when it is left out.
    func usage(_ prompt: Int, _ script: Script, details: Bool) -> JSON? {
        switch fault("usage")?.argument {
        case "absent": return nil
        case "null": return .null
        case "empty": return [:]
        case "zeros": return ["prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0]
        default:
            let usage: JSON = [
                "prompt_tokens": .int(prompt), "completion_tokens": .int(script.tokens),
                "total_tokens": .int(prompt + script.tokens),
            ]
            if !details || fault("old") != nil { return usage }
            let reasoning: JSON = ["reasoning_tokens": .int(script.thought.count)]
            return usage.adding([.init(name: "completion_tokens_details", value: reasoning)])
        }
    }

    /// What only /api/v0 says: stats, model_info and runtime.
    func measurements(
        _ script: Script, _ timing: Timing, _ place: Shelf.Place
    ) -> [JSON.Member] {
        var stats: [JSON.Member] = [
            .init(name: "tokens_per_second", value: timing.speed(script.tokens))
        ]
        switch fault("tps")?.argument {
        case "absent": stats = []
        case "null": stats = [.init(name: "tokens_per_second", value: .null)]
        case "zero": stats = [.init(name: "tokens_per_second", value: 0)]
        default: break
        }
        stats += [
            .init(name: "time_to_first_token", value: timing.toFirst),
            .init(name: "generation_time", value: timing.generating),
            .init(name: "stop_reason", value: .string(script.stopReason)),
        ]
        let format = place.model.format
        let runtime =
            format == "mlx"
            ? "mlx-llm-mac-arm64-apple-metal-advsimd" : "llama.cpp-linux-x86_64-avx2"
        return [
            .init(name: "stats", value: .object(stats)),
            .init(
                name: "model_info",
                value: [
                    "arch": .string(place.model.arch), "quant": .string(place.model.quant),
                    "format": .string(format), "context_length": .int(place.context),
                ]),
            .init(
                name: "runtime",
                value: [
                    "name": .string(runtime), "version": "1.3.0",
                    "supported_formats": [.string(format)],
                ]),
        ]
    }
}
