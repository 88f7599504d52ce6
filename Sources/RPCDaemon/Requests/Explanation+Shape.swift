package import CrowdModelsProtocol
package import Scheduling

extension RouteExplanation {
    /// What `route.explain` answers of how the scheduler would route.
    package init(_ explanation: Explanation) {
        self.init(candidates: explanation.candidates.map { RouteCandidate($0) })
    }
}

extension RouteCandidate {
    fileprivate init(_ candidate: ExplainedCandidate) {
        var score = JSONObject()
        for part in candidate.score { score[part.name] = .double(part.value) }
        self.init(
            backend: candidate.backend, model: candidate.model,
            forbidden: candidate.forbidden.map { RouteObstacle(by: $0.by, message: $0.message) },
            score: score,
            predictedWaitMilliseconds: RefusalWords.milliseconds(candidate.predictedWait))
    }
}
