/// What bounds the memory of the statistics, each with its reason.
package enum MetricsLimits {
    /// Backends told apart; more servers than a desk or a rack has.
    package static let backendsMax = 32
    /// Models told apart; a backend lists hundreds, but few of them are used.
    package static let modelsMax = 64
    /// Clients told apart. Their tags are free text, so a program could make up one a request.
    package static let clientsMax = 64
    /// Kinds of error: what a byte can number; the protocol has about twenty.
    package static let errorKindsMax = 256
    /// The name under which everything beyond a limit is counted.
    package static let otherName = "other"
    /// How many seconds a series must have been silent to make room for a new one: then only its
    /// share of `total` is left of it, and that goes to `otherName`.
    package static let silenceBeforeReuse: UInt64 = 3600
}
