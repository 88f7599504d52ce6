/// A sample turned into what every series it belongs to counts, once for all of them.
struct Contribution {
    let keys: SampleKeys
    /// The value of each measure, and whether it is known: 1 or 0.
    let values: MeasureVector<Double>
    let counts: MeasureVector<UInt64>
    /// Nil for a lone measurement that is no request.
    let outcome: Outcome?
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
        var values = Values()
        for measure in Measure.all where measure != .tokensPerSecond {
            values.append(measure, sample[measure])
        }
        if let speed = sample[.tokensPerSecond], speed > 0, speed <= Measure.valueMax,
            completionTokens >= MetricsLimits.tokensForSpeedMin
        {
            values.append(.tokensPerSecond, speed)
            speedTokens = Double(completionTokens)
            speedSeconds = speedTokens / speed
        }
        keys = values.keys
        (self.values, counts) = values.vectors
    }

    /// A lone measurement that is no request.
    init(_ measure: Measure, _ value: Double) {
        outcome = nil
        errorKind = nil
        (promptTokens, completionTokens, cachedTokens) = (0, 0, 0)
        var values = Values()
        values.append(measure, value)
        keys = values.keys
        (self.values, counts) = values.vectors
    }

    /// Values in the making.
    private struct Values {
        var keys = SampleKeys()
        private var values: [12 of Double] = .init(repeating: 0)
        private var counts: [12 of UInt64] = .init(repeating: 0)

        mutating func append(_ measure: Measure, _ value: Double?) {
            // What is negative, absurd or not a number was measured wrong: as good as unknown.
            guard let value, value >= 0, value <= Measure.valueMax else { return }
            values[measure.rawValue] = value
            counts[measure.rawValue] = 1
            keys.append(measure.key(of: value))
        }

        var vectors: (MeasureVector<Double>, MeasureVector<UInt64>) {
            let (v, c) = (values, counts)
            return (
                MeasureVector(
                    v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], 0, 0,
                    0, 0),
                MeasureVector(
                    c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], 0, 0,
                    0, 0)
            )
        }
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

    mutating func append(_ key: UInt16) {
        keys[Int(count)] = key
        count &+= 1
    }
}
