import Backends
package import CrowdModelsProtocol

extension RequestJob {
    /// The key as `requests.list` shows it.
    package var keyText: String { "r\(key)" }
}

extension RequestDescription {
    /// The request as `requests.list` shows it. `now` is on the loop's clock.
    package init(_ job: RequestJob, now: UInt64) {
        let times = job.times
        let age = now > times.arrivedAt ? now - times.arrivedAt : 0
        self.init(
            key: job.keyText, client: job.clientText, method: job.method,
            phase: job.phase.rawValue, ageSeconds: Double(age / 1_000_000) / 1000)
        model = job.model
        backend = job.backend?.name
        position = job.position
        guard let tokens = job.tokensSoFar, tokens > 0 else { return }
        self.tokens = tokens
        if tokens > 1, let span = times.generationTime, span > 0 {
            tokensPerSecond = Double(tokens - 1) / span
        }
    }
}
