/// What bounds the memory of the statistics, and what they believe; each with its reason.
package enum MetricsLimits {
    /// Backends told apart; more servers than a desk or a rack has.
    package static let backendsMax = 32
    /// Models told apart; a backend lists hundreds, but few of them are used.
    package static let modelsMax = 64
    /// Clients told apart. Their tags are free text, so a program could make up one a request.
    package static let clientsMax = 64
    /// Names without a row of which a kind counts how often they ask: as many as may have one.
    package static let candidatesMax = 64
    /// How many requests a name without a row has to make, at least, to take that of another.
    package static let promotionMin: UInt32 = 5
    /// Kinds of error: what a byte can number, and one for all others; the protocol has about
    /// twenty.
    package static let errorKindsMax = 255
    /// The name under which everything beyond a limit is counted.
    package static let otherName = "other"
    /// The kind of error that stands for any, where rows of different kinds are counted together.
    package static let otherErrorKind: UInt8 = 255
    /// Usage is halved so often, in seconds: what was busy an hour ago is not what is busy.
    package static let usageHalfLife: UInt64 = 300
    /// How many seconds a series must have been silent to make room for any new one.
    package static let silenceBeforeReuse: UInt64 = 3600
    /// Bytes of one slice's counts. A slice of 1,000 requests a second whose measures are each
    /// spread over a factor of 100 takes half of it.
    package static let sliceBytesMax = 3072
    /// Samples that are noted before they are sorted into their series, of 32 bytes each: 64 KiB,
    /// which 1,000 requests a second fill in the two seconds of a slice.
    static let pendingMax = 2048
    /// Groups of samples noted, of half a kilobyte each: as many as a model of each client.
    static let groupsMax = 128
    /// A speed is tokens by the time between them: of fewer than this it says nothing.
    package static let tokensForSpeedMin: UInt64 = 8
    /// Tokens of one request that are believed: ten times the largest context there is.
    package static let tokensMax: UInt64 = 100_000_000
}
