/// The counts of a `Histogram` at rest, in a byte or two for each bucket that has any.
///
/// A bucket is a byte: how many empty ones lie before it and what it counts, four bits each; what
/// does not fit into four bits follows. Counts may be kept in units of a power of two, a measure's
/// own: then each bucket's share of them is rounded so that no count of all values up to one is
/// ever wrong by more than a unit. The same power comes from the number of values, so it is not
/// kept.
struct PackedCounts {
    private var bytes: [UInt8] = []
    /// Units of a measure at most, as a power of two.
    private var resolution = Self.exact

    private static let exact: UInt8 = 63
    /// 2^11 units: what the first try to save memory keeps.
    private static let finest: UInt8 = 11
    /// 2^6 units of 12 measures take 768 buckets, with at most 4 bytes each.
    private static let coarsest: UInt8 = 6
    static let bytesMin = (Measure.count << Int(coarsest)) * 4
    /// Scatters the bits of a number: 2^64 by the golden ratio.
    private static let scatter: UInt64 = 0x9E37_79B9_7F4A_7C15

    var isEmpty: Bool { bytes.isEmpty }
    var byteCount: Int { bytes.count }

    init() {}

    /// - Parameters:
    ///   - sums: what counts how many values each measure has.
    ///   - bytesMax: at least `bytesMin`; nil for all counts as they are.
    ///   - seed: where rounding begins, so that slices that are alike are not wrong alike.
    init(_ histogram: borrowing Histogram, _ sums: borrowing Sums, bytesMax: Int?, seed: UInt64) {
        bytes = packed(histogram, sums, seed)
        guard let bytesMax, bytes.count > bytesMax else { return }
        resolution = Self.finest
        bytes = packed(histogram, sums, seed)
        while bytes.count > bytesMax, resolution > Self.coarsest {
            resolution -= 1
            bytes = packed(histogram, sums, seed)
        }
    }

    private func packed(
        _ histogram: borrowing Histogram, _ sums: borrowing Sums, _ seed: UInt64
    ) -> [UInt8] {
        var writer = PackedWriter(capacity: max(64, bytes.count))
        for measure in 0..<Measure.count {
            let values = sums.count(measure)
            if values == 0 { continue }
            let shift = shift(values)
            // A different place in the unit each time, or what is packed often would lose the same
            // part of a unit each time.
            let scattered = (seed &+ values &* 31 &+ UInt64(measure)) &* Self.scatter
            let begin = (scattered &>> 20) & ((1 &<< shift) &- 1)
            histogram.pack(measure, shift: shift, from: begin, into: &writer)
        }
        return writer.bytes
    }

    private func shift(_ values: UInt64) -> UInt64 {
        var shift: UInt64 = 0
        while values &>> shift > 1 &<< UInt64(resolution) { shift &+= 1 }
        return shift
    }

    /// Calls `body` with each bucket and what it counts; `sums` are those it was packed with.
    func forEach(_ sums: borrowing Sums, _ body: (_ key: Int, _ count: UInt64) -> Void) {
        let bytes = bytes.span
        var at = 0
        var key = -1
        var end = 0
        var shift: UInt64 = 0
        while at < bytes.count {
            let byte = bytes[at]
            at &+= 1
            var gap = Int(byte &>> 4)
            if gap == 15 { gap &+= Int(truncatingIfNeeded: Self.number(bytes, &at)) }
            var units = UInt64(byte & 15)
            if units == 15 { units &+= Self.number(bytes, &at) }
            key &+= gap &+ 1
            if key >= end {
                let measure = key / Bucket.count
                end = (measure + 1) * Bucket.count
                shift = self.shift(sums.count(measure))
            }
            body(key, (units &+ 1) &<< shift)
        }
    }

    private static func number(_ bytes: Span<UInt8>, _ at: inout Int) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = bytes[at]
            at &+= 1
            number |= UInt64(byte & 127) &<< shift
            if byte < 128 { return number }
            shift &+= 7
        }
    }
}

/// The writing end of `PackedCounts`: buckets come in order.
struct PackedWriter {
    private(set) var bytes: [UInt8] = []
    private var last = -1

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func append(key: Int, units: UInt64) {
        let gap = key &- last &- 1
        last = key
        if gap < 15, units < 16 {
            bytes.append(UInt8(truncatingIfNeeded: gap &<< 4 | Int(units &- 1)))
            return
        }
        let (high, low) = (min(gap, 15), min(units &- 1, 15))
        bytes.append(UInt8(truncatingIfNeeded: high &<< 4 | Int(low)))
        if high == 15 { append(number: UInt64(gap &- 15)) }
        if low == 15 { append(number: units &- 16) }
    }

    /// Seven bits a byte, the lowest first; the top bit says that more follow.
    private mutating func append(number: UInt64) {
        var rest = number
        while rest > 127 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest &>>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
