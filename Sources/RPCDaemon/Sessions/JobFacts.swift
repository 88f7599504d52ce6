/// What there is to know about a request besides its answer, as far as it is known by now.
package struct JobFacts: Equatable, Sendable {
    /// Behind an `r` it names it for `requests.cancel`.
    package var key: UInt64
    /// The model and the backend that it waits for or runs on.
    package var model: String?
    package var backend: String?
    /// Seconds of ours in it, once it has ended: neither queue nor backend.
    package var overhead: Double?

    package init(
        key: UInt64, model: String? = nil, backend: String? = nil, overhead: Double? = nil
    ) {
        self.key = key
        self.model = model
        self.backend = backend
        self.overhead = overhead
    }
}

extension Job {
    package var facts: JobFacts? { nil }
}
