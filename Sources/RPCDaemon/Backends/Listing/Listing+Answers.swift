import CrowdModelsProtocol
import HTTP

/// What follows from the answers.
extension Listing {
    /// Bytes of an answer that is read in one go: at 2 to 15 ns a byte at most a millisecond.
    package static let wholeBytes = 65_536

    /// Takes the answer to what was asked; a status of 0 stands for none at all. A list of ordinary
    /// length is read at once; a longer one, and what follows from it, by `resume`.
    package mutating func take(status: Int, location: String?, _ body: Span<UInt8>) -> Step {
        let asked = question
        question = .none
        let step = take(asked, (200..<300).contains(status), status, location, body)
        guard step == .unfinished, body.count <= Self.wholeBytes, fresh.count <= Settling.wholeMax
        else { return step }
        return resume { _ in true }
    }

    /// Goes on until `hasTime`, which is told of work in bytes, says that it is enough.
    package mutating func resume(_ hasTime: (Int) -> Bool) -> Step {
        var step = Step.unfinished
        while step == .unfinished {
            if let reading {
                guard reading.resume(among: fresh, hasTime) else { return .unfinished }
                self.reading = nil
                step = conclude(reading)
            } else if settling != nil {
                guard let settled = settle(hasTime) else { return .unfinished }
                step = settled
            } else {
                preconditionFailure("there is nothing to go on with")
            }
        }
        return step
    }

    private mutating func take(
        _ asked: Question, _ isGood: Bool, _ status: Int, _ location: String?, _ body: Span<UInt8>
    ) -> Step {
        switch asked {
        case .none: preconditionFailure("nothing was asked")
        case .lmStudio: return takeLMStudio(isGood, status, body)
        case .lmStudioDetails:
            if isGood { return read(LMStudioDetails(), body) }
            if status > 0 { hasDetails = false }
            return listed()
        case .openAI: return takeOpenAI(isGood, status, location, body)
        case .props:
            if isGood { takeProps(body) }
            return listed()
        case .tags: return isGood ? read(OllamaTags(), body) : tagsAreMissing()
        case .running: return isGood ? read(OllamaRunning(), body) : listed()
        case .localAI: return takeGuess(isGood && ErrorBody(body).words == nil ? .localai : nil)
        case .liteLLM:
            return takeGuess(isGood && Self.text(body).contains("alive") ? .litellm : nil)
        case .liteLLMDetails: return isGood ? read(LiteLLMDetails(), body) : listed()
        case .mlx:
            // Python's spelling; llama.cpp writes it without the space.
            let isIt = isGood && Self.text(body).contains("\"status\": \"ok\"")
            return takeGuess(isIt ? .mlxLM : nil)
        case .gauges:
            load = isGood ? ServerLoad(body) : nil
            if status > 0 { hasGauges = load != nil }
            return freshLists.isEmpty ? .listed(changed: false) : listed()
        }
    }

    private mutating func read(_ entries: any ListEntries, _ body: Span<UInt8>) -> Step {
        reading = ListReading(body, into: entries)
        return .unfinished
    }

    /// An answer was read to its end.
    private mutating func conclude(_ reading: ListReading) -> Step {
        let isList = reading.isList == true
        switch reading.entries {
        case let list as OpenAIList: return takeOpenAI(isList ? list : nil, reading.body)
        case let list as LMStudioList:
            return isList ? takeLMStudio(list, reading.body) : ask(.openAI)
        case let details as LMStudioDetails:
            hasDetails = isList
            if isList {
                details.add(to: &fresh)
                freshLists.append(reading.body)
            }
            return listed()
        case let tags as OllamaTags:
            guard isList else { return tagsAreMissing() }
            hasTags = true
            if tags.listed.isEmpty { return ownIsEmpty(.ollama) }
            kind = .ollama
            fresh = tags.listed.table
            freshLists.append(reading.body)
            return ask(.running)
        case let running as OllamaRunning:
            if isList {
                running.add(to: &fresh)
                freshLists.append(reading.body)
            }
            return listed()
        case let details as LiteLLMDetails:
            if isList { details.add(to: &fresh) }
            return listed()
        default: preconditionFailure("each list that is asked for is concluded")
        }
    }

    /// What said that it is Ollama may have other tongues only.
    private mutating func tagsAreMissing() -> Step {
        hasTags = false
        return fresh.isEmpty ? ask(.openAI) : listed()
    }

    /// The server's own list has no models: what OpenAI's says is what it offers, if that says
    /// anything. An empty list is not kept, so that the next look asks both again.
    private mutating func ownIsEmpty(_ kind: ServerKind) -> Step {
        if !fresh.isEmpty { return listed() }
        emptyKind = kind
        return ask(.openAI)
    }

    /// Whether it is asked how busy it is, each time it is looked at.
    private var tellsGauges: Bool { kind == .vllm && hasGauges != false }

    /// What an answer begins with, to look for a word in it.
    private static func text(_ body: Span<UInt8>) -> String {
        let front = body.extracting(..<min(body.count, 256))
        return unsafe front.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    private mutating func takeLMStudio(
        _ isGood: Bool, _ status: Int, _ body: Span<UInt8>
    ) -> Step {
        // LM Studio has no older API that would take a key which this one refused.
        if kind == .lmstudio, status == 401 { return .failed(.unauthorized(status)) }
        guard isGood else { return ask(.openAI) }
        if isKnown, kind == .lmstudio, lists.first.map({ body.isEqual(to: $0.span) }) == true {
            return .listed(changed: false)
        }
        return read(LMStudioList(), body)
    }

    private mutating func takeLMStudio(_ list: LMStudioList, _ body: [UInt8]) -> Step {
        if list.listed.isEmpty { return ownIsEmpty(.lmstudio) }
        kind = .lmstudio
        fresh = list.listed.table
        freshLists.append(body)
        return hasDetails == false ? listed() : ask(.lmStudioDetails)
    }

    private mutating func takeOpenAI(
        _ isGood: Bool, _ status: Int, _ location: String?, _ body: Span<UInt8>
    ) -> Step {
        if !isGood {
            if let emptyKind, status == 404 || status == 405 { return listed(none: emptyKind) }
            if status == 401 || status == 403 { return .failed(.unauthorized(status)) }
            if let location { return .failed(.redirected(status, location)) }
            return .failed(.status(status, words: ErrorBody(body).words))
        }
        if isKnown, isLast(body) { return tellsGauges ? ask(.gauges) : .listed(changed: false) }
        return read(OpenAIList(), body)
    }

    private mutating func takeOpenAI(_ list: OpenAIList?, _ body: [UInt8]) -> Step {
        if let emptyKind, list?.listed.isEmpty ?? true { return listed(none: emptyKind) }
        guard let list else {
            return .failed(
                .notAList(ErrorBody(body.span).words ?? "the answer is no list of models"))
        }
        fresh = list.listed.table
        isRouter = list.isRouter
        freshRoom.asleep = list.asleep
        freshLists.append(body)
        if !isFixed {
            if list.kind != .openai {
                kind = list.kind
            } else if let guess = guess(list) {
                return guess
            }
        }
        switch kind {
        case .llamaCpp: return ask(.props)
        case .ollama where hasTags == nil: return ask(.tags)
        case .vllm where tellsGauges: return ask(.gauges)
        case .litellm: return ask(.liteLLMDetails)
        default: return listed()
        }
    }

    /// Where the list itself does not say whose it is: what it does not say tells, or one more
    /// question. Asked once.
    private mutating func guess(_ list: OpenAIList) -> Step? {
        if hasGuessed { return nil }
        hasGuessed = true
        kind = .openai
        if port == Self.liteLLMPort { return ask(.liteLLM) }
        guard !list.hasOwners, !list.models.isEmpty else { return nil }
        if Self.janPorts.contains(port) {
            kind = .jan
            return nil
        }
        return ask(list.hasDates ? .mlx : .localAI)
    }

    static let liteLLMPort = 4000
    private static let janPorts = [1337, 6767]

    private mutating func takeGuess(_ guess: ServerKind?) -> Step {
        if let guess { kind = guess }
        return kind == .litellm ? ask(.liteLLMDetails) : listed()
    }

    /// llama.cpp's `GET /props`: how many slots, and how much context each has; of a router, how
    /// many models it keeps (`--models-max`). The first routers said 4 whatever they were told.
    private mutating func takeProps(_ body: Span<UInt8>) {
        if isRouter {
            freshRoom.told = JSONPlace.read(body) { props, text -> Int? in
                let most = props.member("max_instances", text)?.integer(text)
                let isTrue = props.member("models_autoload", text) != nil || most != 4
                return isTrue ? most.map { max(0, $0) } : nil
            }
            return
        }
        var context: Int?
        let slots = JSONPlace.read(body) { props, text -> Int? in
            context = props.member("default_generation_settings", text)?.member("n_ctx", text)?
                .count(text)
            return props.member("total_slots", text)?.count(text)
        }
        self.slots = slots
        for place in 0..<fresh.count where fresh.all[place].state == .loaded {
            fresh.change(place) { model in
                model.loadedContextLength = context
                model.parallel = slots
            }
        }
    }

    /// Whether this is the only list of the last look, as it came then.
    private func isLast(_ body: Span<UInt8>) -> Bool {
        guard lists.count == 1, let last = lists.first else { return false }
        return body.isEqual(to: last.span)
    }

    // MARK: The end of a look

    /// The list is whole: it is compared with the one that is known, model by model.
    struct Settling {
        /// Models that are compared in one go.
        static let wholeMax = 1024
        /// Models of one step, and what they are in bytes of work.
        static let step = 16
        static let stepBytes = 2048

        var next = 0
        var loaded = 0
        var isSame: Bool
    }

    /// A program of that kind, which has no models.
    private mutating func listed(none kind: ServerKind) -> Step {
        self.kind = kind
        return listed()
    }

    private mutating func listed() -> Step {
        if fresh.count > HTTPLimits.listModelsMax {
            fresh = ModelTable()
            freshLists = []
            return .failed(.notAList("more than \(HTTPLimits.listModelsMax) models"))
        }
        settling = Settling(isSame: isKnown && fresh.count == table.count)
        return .unfinished
    }

    /// Goes on comparing; nil while there is more to do.
    private mutating func settle(_ hasTime: (Int) -> Bool) -> Step? {
        guard var settling else { preconditionFailure("a list is being compared") }
        while settling.next < fresh.count {
            let end = min(fresh.count, settling.next + Settling.step)
            for place in settling.next..<end {
                if fresh.all[place].state == .loaded { settling.loaded += 1 }
                if settling.isSame, fresh.all[place] != table.all[place] { settling.isSame = false }
            }
            settling.next = end
            if !hasTime(Settling.stepBytes) {
                self.settling = settling
                return nil
            }
        }
        self.settling = nil
        freshRoom.seen = max(freshRoom.seen, settling.loaded)
        let changed = !settling.isSame || freshRoom != room
        // What is the same stays the one that all others hold.
        if !settling.isSame || isRenewing {
            table = fresh
            isNews = true
            isRenewing = false
        }
        fresh = ModelTable()
        room = freshRoom
        lists = freshLists
        freshLists = []
        isKnown = true
        return .listed(changed: changed)
    }
}
