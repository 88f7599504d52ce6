/// What a histogram cannot tell exactly: the number, the sum and the largest of the values.
struct Moments: Equatable {
    private(set) var count: UInt64 = 0
    private(set) var sum = 0.0
    private(set) var max = 0.0

    mutating func add(_ value: Double) {
        count &+= 1
        sum += value
        if value > max { max = value }
    }

    mutating func add(_ other: Moments) {
        count &+= other.count
        sum += other.sum
        if other.max > max { max = other.max }
    }
}

/// The moments of every measure, and the tokens: what a series has beside its counters.
struct Sums: Equatable {
    private(set) var promptTokens: UInt64 = 0
    private(set) var completionTokens: UInt64 = 0
    private var moments: [6 of Moments] = .init(repeating: Moments())

    subscript(measure: Measure) -> Moments { moments[measure.rawValue] }

    mutating func add(_ contribution: borrowing Contribution) {
        promptTokens &+= contribution.promptTokens
        completionTokens &+= contribution.completionTokens
        for index in 0..<Measure.count where contribution.values[index] >= 0 {
            moments[index].add(contribution.values[index])
        }
    }

    mutating func add(_ other: Sums) {
        promptTokens &+= other.promptTokens
        completionTokens &+= other.completionTokens
        for index in 0..<Measure.count { moments[index].add(other.moments[index]) }
    }

    static func == (left: Sums, right: Sums) -> Bool {
        left.promptTokens == right.promptTokens && left.completionTokens == right.completionTokens
            && Measure.allCases.allSatisfy { left[$0] == right[$0] }
    }
}
