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
    /// Bytes on the heap.
    var byteCount: Int { HeapBlock.bytes(bytes.capacity) }
    /// Bytes that were written.
    var count: Int { bytes.count }

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
        var writer = PackedWriter()
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
        return writer.written
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
            if gap == 15 { gap &+= Int(truncatingIfNeeded: VariableNumber.read(bytes, &at)) }
            var units = UInt64(byte & 15)
            if units == 15 { units &+= VariableNumber.read(bytes, &at) }
            key &+= gap &+ 1
            if key >= end {
                let measure = key / Bucket.count
                end = (measure + 1) * Bucket.count
                shift = self.shift(sums.count(measure))
            }
            body(key, (units &+ 1) &<< shift)
        }
    }
}

/// The writing end of `PackedCounts`: buckets come in order.
struct PackedWriter {
    /// Longer than what was written, so that nobody asks for room at each byte.
    private var bytes = [UInt8](repeating: 0, count: 4096)
    private var count = 0
    private var last = -1
    /// What 64 buckets take at most: 1 byte each, 2 of a gap and 10 of a count.
    private static let wordBytesMax = 64 * 13

    /// A copy of its size.
    var written: [UInt8] { [UInt8](bytes[..<count]) }

    /// Writes the buckets that have a bit, of those from `first` on, in units of 2^`shift`.
    ///
    /// - Parameter passed: what was counted below, all units of it written.
    mutating func append(
        _ bits: UInt64, from first: Int, _ cells: Span<UInt64>, shift: UInt64,
        _ passed: inout UInt64
    ) {
        if count + Self.wordBytesMax > bytes.count {
            bytes.append(contentsOf: [UInt8](repeating: 0, count: bytes.count))
        }
        var (count, last, bits) = (count, last, bits)
        var out = bytes.mutableSpan
        while bits != 0 {
            let key = first &+ bits.trailingZeroBitCount
            bits &= bits &- 1
            let before = passed &>> shift
            passed &+= cells[key]
            let units = (passed &>> shift) &- before
            if units == 0 { continue }
            let gap = key &- last &- 1
            last = key
            let (high, low) = (min(gap, 15), min(units &- 1, 15))
            out[count] = UInt8(truncatingIfNeeded: high &<< 4 | Int(truncatingIfNeeded: low))
            count &+= 1
            if high == 15 { Self.append(number: UInt64(gap &- 15), to: &out, &count) }
            if low == 15 { Self.append(number: units &- 16, to: &out, &count) }
        }
        (self.count, self.last) = (count, last)
    }

    /// Seven bits a byte, the lowest first; the top bit says that more follow.
    private static func append(
        number: UInt64, to out: inout MutableSpan<UInt8>, _ count: inout Int
    ) {
        var rest = number
        while rest > 127 {
            out[count] = UInt8(truncatingIfNeeded: rest) | 128
            count &+= 1
            rest &>>= 7
        }
        out[count] = UInt8(truncatingIfNeeded: rest)
        count &+= 1
    }
}
