/// A number for each measure, in its place; the last four places are empty. A vector, since a
/// request has a value of each.
typealias MeasureVector<Number: SIMDScalar> = SIMD16<Number>

/// What is counted exactly beside the buckets: how many values, their sum and the largest of each
/// measure, tokens and outcomes. 460 bytes; `PackedSums` is what it rests as.
struct Sums {
    /// By measure, as are the next two.
    var counts = MeasureVector<UInt64>.zero
    var sums = MeasureVector<Double>.zero
    var largest = MeasureVector<Double>.zero
    /// By `Outcome`.
    var outcomes = SIMD4<UInt64>.zero
    var promptTokens: UInt64 = 0
    var completionTokens: UInt64 = 0
    var cachedTokens: UInt64 = 0
    /// The tokens of the requests whose speed is known, and the seconds that they took.
    var speedTokens = 0.0
    var speedSeconds = 0.0
    /// Whether nothing was added.
    var isEmpty = true

    /// How many values a measure has.
    func count(_ measure: Int) -> UInt64 { counts[measure] }

    func max(of measure: Measure) -> Double { largest[measure.rawValue] }

    /// The mean of a measure that has values; of the speed it is all tokens by all seconds, since a
    /// short answer's speed says less than a long one's.
    func mean(of measure: Measure) -> Double {
        if measure == .tokensPerSecond { return speedTokens / speedSeconds }
        return sums[measure.rawValue] / Double(counts[measure.rawValue])
    }

    mutating func add(_ contribution: borrowing Contribution) {
        isEmpty = false
        counts &+= contribution.counts
        sums += contribution.values
        largest.replace(with: contribution.values, where: contribution.values .> largest)
        outcomes[Int(contribution.outcome.rawValue)] &+= 1
        promptTokens &+= contribution.promptTokens
        completionTokens &+= contribution.completionTokens
        cachedTokens &+= contribution.cachedTokens
        speedTokens += contribution.speedTokens
        speedSeconds += contribution.speedSeconds
    }

    /// Adds a lone value.
    mutating func add(_ measure: Measure, _ value: Double) {
        isEmpty = false
        counts[measure.rawValue] &+= 1
        sums[measure.rawValue] += value
        largest[measure.rawValue] = Swift.max(largest[measure.rawValue], value)
    }

    mutating func add(_ other: borrowing Sums) {
        if other.isEmpty { return }
        isEmpty = false
        counts &+= other.counts
        sums += other.sums
        largest.replace(with: other.largest, where: other.largest .> largest)
        outcomes &+= other.outcomes
        promptTokens &+= other.promptTokens
        completionTokens &+= other.completionTokens
        cachedTokens &+= other.cachedTokens
        speedTokens += other.speedTokens
        speedSeconds += other.speedSeconds
    }
}
