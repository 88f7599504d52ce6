/// Which model serves a request that names none.
extension Scheduler {
    enum Choice {
        /// The model, and what may serve instead.
        case models([String])
        case refused(Refusal)
    }

    /// The default; else, of the loaded chat models, the only one, the one that served this user
    /// last, the one that served anybody last, or the first; else the only chat model there is.
    ///
    /// For vectors or a ranking the only model that is meant for it; where none is, since not every
    /// list tells, the only one that may be able to.
    func choice(for ticket: Ticket, now: UInt64) -> Choice {
        let isChat = ticket.needs.contains(.chat)
        if isChat, !defaultModel.isEmpty { return .models(defaultModel) }
        if isChat, let last = lastServed(ticket, now: now) { return .models([last]) }
        var loaded: [String] = []
        var unsaid: [String] = []
        var all: [String] = []
        /// Models that run elsewhere: told where there is nothing else, for the caller to name.
        var remote: [String] = []
        var able: [String] = []
        for lane in laneOrder where !lanes[lane].isGone && lanes[lane].facts.state == .up {
            if let backend = ticket.backend, backend != lanes[lane].facts.name { continue }
            for model in lanes[lane].facts.models {
                if isChat, model.isRemote, !model.cannot.contains(.chat) { remote.append(model.id) }
                if !isChat, !model.isRemote, model.cannot.isDisjoint(with: ticket.needs) {
                    able.append(model.id)
                }
                guard isMeant(model, isChat, ticket.needs) else { continue }
                all.append(model.id)
                if lanes[lane].breaker.forbids(now: now) { continue }
                if isLoaded(model.id, lane) {
                    if model.state == .unknown {
                        unsaid.append(model.id)
                    } else {
                        loaded.append(model.id)
                    }
                }
            }
        }
        if isChat {
            let ready = loaded.isEmpty ? unsaid : loaded
            if let first = ready.first { return .models([first]) }
        }
        let choices = unique(all.isEmpty ? able : all)
        if choices.count == 1 { return .models(choices) }
        if let refusal = nothingUp(ticket) { return .refused(refusal) }
        return .refused(.noChoice(choices.isEmpty ? unique(remote) : choices))
    }

    private func isMeant(_ model: ModelFacts, _ isChat: Bool, _ needs: Abilities) -> Bool {
        if isChat { return model.mayChat }
        let kind = needs.intersection([.embeddings, .rerank])
        return !model.isRemote && model.can.isSuperset(of: kind)
    }

    private func isLoaded(_ name: String, _ lane: Int) -> Bool {
        lanes[lane].modelNamed[name].map { lanes[lane].models[$0].isLoaded } ?? false
    }

    /// The loaded model that served this user last, or else anybody; found without a search.
    private func lastServed(_ ticket: Ticket, now: UInt64) -> String? {
        if let own = lastModelOf[ticket.caller.uid], isReady(own, ticket, now: now) { return own }
        return lastModel.flatMap { isReady($0, ticket, now: now) ? $0 : nil }
    }

    private func isReady(_ name: String, _ ticket: Ticket, now: UInt64) -> Bool {
        laneOrder.contains { lane in
            guard !lanes[lane].isGone, lanes[lane].facts.state == .up,
                ticket.backend == nil || ticket.backend == lanes[lane].facts.name,
                !lanes[lane].breaker.forbids(now: now), let model = lanes[lane].model(named: name)
            else { return false }
            return lanes[lane].models[model].isLoaded && lanes[lane].models[model].facts.mayChat
        }
    }

    private func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    // MARK: Refusals

    /// Why nothing at all can be served; nil as soon as one backend is up.
    private func nothingUp(_ ticket: Ticket) -> Refusal? {
        var auth: Refusal?
        var down: Refusal?
        for lane in laneOrder where !lanes[lane].isGone {
            if let backend = ticket.backend, backend != lanes[lane].facts.name { continue }
            switch lanes[lane].facts.state {
            case .up: return nil
            case .authFailed: auth = auth ?? .authFailed(backend: lanes[lane].facts.name)
            case .down, .probing:
                down = down ?? .unavailable(backend: lanes[lane].facts.name, retryAfter: nil)
            }
        }
        return down ?? auth
    }

    /// Why no candidate takes the request: of several reasons, the one that passes soonest.
    func refusal(of ticket: Ticket, now: UInt64) -> Refusal {
        let able = candidates.filter { !$0.forbidden.contains(.backend) }
        for reason in Self.soonest {
            if let candidate = able.first(where: {
                $0.forbidden.contains(reason) && isOnly(reason, $0)
            }) {
                return refusal(reason, candidate, ticket, now: now)
            }
        }
        if let refusal = nothingUp(ticket) { return refusal }
        return .unknownModel(ticket.model ?? defaultModel.first ?? "")
    }

    /// The reasons for a refusal, from the one that passes by itself to the one that never does.
    private static let soonest: [Forbidden] = [
        .deadline, .queueFull, .rateLimit, .breaker, .down, .auth, .context, .capability, .remote,
    ]

    /// Whether nothing that lasts longer forbids the candidate too.
    private func isOnly(_ reason: Forbidden, _ candidate: Candidate) -> Bool {
        guard let place = Self.soonest.firstIndex(of: reason) else { return false }
        return Self.soonest[(place + 1)...].allSatisfy { !candidate.forbidden.contains($0) }
    }

    private func refusal(
        _ reason: Forbidden, _ candidate: Candidate, _ ticket: Ticket, now: UInt64
    ) -> Refusal {
        let (lane, model) = (candidate.lane, candidate.model)
        let (name, id) = (lanes[lane].facts.name, lanes[lane].models[model].facts.id)
        switch reason {
        case .queueFull:
            return .busy(
                backend: name, queued: lanes[lane].queued, limit: lanes[lane].facts.queueMax,
                retryAfter: lanes[lane].vacancyWait(now: now))
        case .rateLimit:
            let pause = lanes[lane].pauseWait(position: candidate.position, now: now)
            return .rateLimited(
                backend: name, retryAfter: max(pause, SchedulingLimits.retryAfterMin))
        case .deadline: return lateness(candidate, ticket, now: now)
        case .breaker:
            let rest = lanes[lane].breaker.opensUntil - now
            return .unavailable(
                backend: name, retryAfter: max(rest, SchedulingLimits.retryAfterMin))
        case .auth: return .authFailed(backend: name)
        case .context:
            return .contextTooLong(
                backend: name, model: id,
                contextLength: lanes[lane].models[model].facts.contextLength ?? 0)
        case .capability:
            let missing = ticket.needs.intersection(lanes[lane].models[model].facts.cannot)
            return .unsupported(backend: name, model: id, missing)
        default: return .unavailable(backend: name, retryAfter: nil)
        }
    }

    /// It fits as soon as the queue has become shorter by what it is late.
    private func lateness(_ candidate: Candidate, _ ticket: Ticket, now: UInt64) -> Refusal {
        let service =
            lanes[candidate.lane].predictedService(ticket, model: candidate.model, now: now) ?? 0
        let predicted = candidate.wait + service
        let deadline = ticket.deadline ?? now
        let budget = deadline > now ? deadline - now : 0
        return .deadlineUnreachable(
            backend: lanes[candidate.lane].facts.name, predicted: predicted,
            retryAfter: max(predicted - min(budget, predicted), SchedulingLimits.retryAfterMin))
    }
}
