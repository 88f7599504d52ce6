/// How far a request is; what is not known is nil.
package struct Progress: Equatable, Sendable {
    /// `queued`, `connecting`, `loading`, `prompt` or `generating`.
    package var phase: String
    /// Its place in its backend's queue, from 1.
    package var position: Int?
    /// How much of the phase is done, 0 to 1.
    package var fraction: Double?
    package var backend: String?
    /// Until its predicted start.
    package var etaMilliseconds: Int?

    package init(
        phase: String, position: Int? = nil, fraction: Double? = nil, backend: String? = nil,
        etaMilliseconds: Int? = nil
    ) {
        self.phase = phase
        self.position = position
        self.fraction = fraction
        self.backend = backend
        self.etaMilliseconds = etaMilliseconds
    }
}
