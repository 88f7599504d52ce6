/// `route.explain`: the very candidates that routing makes, in its order, with words.
extension Scheduler {
    /// How a request that came now would be routed. Nothing is changed, and nothing is queued.
    package func explain(_ ticket: Ticket, now: UInt64) -> Explanation {
        var copy = self
        if let refusal = copy.collect(ticket, -1, now: now) {
            return Explanation(candidates: [], refusal: refusal)
        }
        let isTaken = copy.candidates.first?.forbidden.isEmpty ?? false
        return Explanation(
            candidates: copy.candidates.map { explained($0, ticket, now: now) },
            refusal: isTaken ? nil : copy.refusal(of: ticket, now: now))
    }

    private func explained(
        _ candidate: Candidate, _ ticket: Ticket, now: UInt64
    ) -> ExplainedCandidate {
        ExplainedCandidate(
            backend: lanes[candidate.lane].facts.name,
            model: lanes[candidate.lane].models[candidate.model].facts.id,
            forbidden: reasons(candidate, ticket, now: now),
            score: score(candidate), predictedWait: candidate.wait)
    }

    /// The parts that `Candidate.precedes` compares, in its order.
    private func score(_ candidate: Candidate) -> [ExplainedCandidate.ScorePart] {
        [
            .init(name: "wanted", value: -Double(candidate.choice)),
            .init(name: "loaded", value: candidate.isLoaded ? 1 : 0),
            .init(name: "session", value: candidate.hasSession ? 1 : 0),
            .init(name: "priority", value: -Double(candidate.priority)),
            .init(name: "failures", value: -Double(candidate.failures)),
            .init(name: "first_token_ms", value: -Double(candidate.firstToken) / 1e6),
            .init(name: "crowd", value: -candidate.crowd),
        ]
    }

    private func reasons(
        _ candidate: Candidate, _ ticket: Ticket, now: UInt64
    ) -> [ExplainedCandidate.Reason] {
        let lane = candidate.lane
        let facts = lanes[lane].models[candidate.model].facts
        var result: [ExplainedCandidate.Reason] = []
        func add(_ reason: Forbidden, _ by: String, _ message: @autoclosure () -> String) {
            guard candidate.forbidden.contains(reason) else { return }
            result.append(.init(by: by, message: message()))
        }
        add(.backend, "backend", "the request names backend \(ticket.backend ?? "")")
        add(
            .down, "state", lanes[lane].facts.state == .probing ? "not looked at yet" : "it is down"
        )
        add(.auth, "state", "it refuses the API key")
        let rest = lanes[lane].breaker.opensUntil &- now
        add(.breaker, "breaker", "it failed too often; the next try is in \(Self.words(rest))")
        let pause = lanes[lane].pauseWait(position: candidate.position, now: now)
        add(.rateLimit, "rate_limit", "its turn would come in \(Self.words(pause)), too late")
        add(
            .queueFull, "state",
            "\(lanes[lane].queued) requests wait for it, as many as may (queue_max)")
        add(.deadline, "state", "the answer is predicted for after the deadline")
        add(.context, "context", "\(facts.contextLength ?? 0) tokens of context do not suffice")
        let missing = facts.cannot.intersection(ticket.needs).names.joined(separator: ", ")
        add(.capability, "capability", "the model cannot do that: \(missing)")
        return result
    }

    private static func words(_ nanoseconds: UInt64) -> String {
        let milliseconds = (nanoseconds + 999_999) / 1_000_000
        return milliseconds < 1000 ? "\(milliseconds) ms" : "\((milliseconds + 999) / 1000) s"
    }
}
