/// A sample turned into what every series it belongs to counts, once for all of them.
struct Contribution {
    let keys: SampleKeys
    /// The value of each measure, and whether it is known: 1 or 0.
    let values: MeasureVector<Double>
    let counts: MeasureVector<UInt64>
    let outcome: Outcome
    let errorKind: ErrorKind?
    let promptTokens: UInt64
    let completionTokens: UInt64
    let cachedTokens: UInt64
    private(set) var speedTokens = 0.0
    private(set) var speedSeconds = 0.0

    init(_ sample: borrowing RequestSample) {
        outcome = sample.outcome
        errorKind = sample.errorKind
        promptTokens = Self.believed(sample.promptTokens)
        completionTokens = Self.believed(sample.completionTokens)
        cachedTokens = min(Self.believed(sample.cachedTokens), promptTokens)
        var values = sample.values
        let speed = values[Measure.tokensPerSecond.rawValue]
        if speed > 0, speed <= Measure.valueMax,
            completionTokens >= MetricsLimits.tokensForSpeedMin
        {
            speedTokens = Double(completionTokens)
            speedSeconds = speedTokens / speed
        } else {
            values[Measure.tokensPerSecond.rawValue] = .nan
        }
        (keys, self.values, counts) = Self.taken(values)
    }

    /// `Measure.isBelieved` of all at once.
    @inline(__always)
    private static func taken(
        _ all: [16 of Double]
    ) -> (SampleKeys, MeasureVector<Double>, MeasureVector<UInt64>) {
        // A vector of 16 is 16 numbers in a row; one of them is read faster where they lie.
        let vector = unsafe unsafeBitCast(all, to: MeasureVector<Double>.self)
        let isTaken = vector .>= 0 .& vector .<= Measure.valueMax
        let all = all.span
        var keys = SampleKeys()
        for measure in 0..<Measure.count where isTaken[measure] {
            let index = unsafe Bucket.index(of: all[unchecked: measure])
            keys.append(UInt16(truncatingIfNeeded: measure &* Bucket.count) &+ index)
        }
        return (
            keys, MeasureVector.zero.replacing(with: vector, where: isTaken),
            MeasureVector.zero.replacing(with: 1, where: isTaken)
        )
    }

    /// No server counts further than that in one answer; what claims to has not counted at all.
    private static func believed(_ tokens: UInt64) -> UInt64 {
        tokens <= MetricsLimits.tokensMax ? tokens : 0
    }
}

/// The keys of one sample, in the order of the measures; 26 bytes.
struct SampleKeys {
    private(set) var keys: [12 of UInt16] = .init(repeating: 0)
    private(set) var count: UInt16 = 0

    @inline(__always)
    mutating func append(_ key: UInt16) {
        keys[Int(count)] = key
        count &+= 1
    }
}
