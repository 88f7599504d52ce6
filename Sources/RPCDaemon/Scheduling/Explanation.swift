/// How a request would be routed now, and why.
package struct Explanation: Equatable, Sendable {
    /// Where it may go, the best first, then where it may not. The first that nothing forbids is
    /// where it would go.
    package var candidates: [ExplainedCandidate]
    /// What it would be answered if it came now; nil where it would start or wait.
    package var refusal: Refusal?
}

/// One model on one backend, as `route.explain` shows it.
package struct ExplainedCandidate: Equatable, Sendable {
    package var backend: String
    package var model: String
    package var forbidden: [Reason]
    /// What decided the order, the first part first; in each the higher number wins.
    package var score: [ScorePart]
    /// Nanoseconds until the predicted start.
    package var predictedWait: UInt64

    /// Why it is not taken.
    package struct Reason: Equatable, Sendable {
        /// `state`, `breaker`, `rate_limit`, `context`, `capability` or `backend`.
        package var by: String
        package var message: String
    }

    package struct ScorePart: Equatable, Sendable {
        package var name: String
        package var value: Double
    }
}
