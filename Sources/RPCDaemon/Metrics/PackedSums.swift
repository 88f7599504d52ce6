/// The sums of a slice at rest: some 120 bytes where each measure has one value, 220 where they
/// have more; `Sums` takes 460.
struct PackedSums {
    private var bytes: [UInt8] = []

    init() {}

    init(_ sums: borrowing Sums, _ errors: ErrorCounts) {
        var writer = Writer()
        for index in 0..<4 { writer.number(sums.outcomes[index]) }
        writer.number(sums.promptTokens)
        writer.number(sums.completionTokens)
        writer.number(sums.cachedTokens)
        writer.number(UInt64(sums.speedTokens))
        if sums.speedTokens > 0 { writer.double(sums.speedSeconds) }
        for measure in 0..<Measure.count {
            let count = sums.counts[measure]
            writer.number(count)
            if count == 0 { continue }
            writer.double(sums.sums[measure])
            if count > 1 { writer.double(sums.largest[measure]) }
        }
        for (kind, count) in errors.counts.enumerated() where count > 0 {
            writer.number(UInt64(kind))
            writer.number(count)
        }
        // A copy of its size: what grew is up to twice as large.
        bytes = [UInt8](writer.bytes[...])
    }

    /// Bytes on the heap.
    var byteCount: Int { HeapBlock.bytes(bytes.capacity) }

    /// The sums as they were; errors are added to `errors`.
    func sums(_ errors: inout ErrorCounts) -> Sums {
        var sums = Sums()
        if bytes.isEmpty { return sums }
        var reader = Reader(bytes: bytes)
        for index in 0..<4 { sums.outcomes[index] = reader.number() }
        sums.promptTokens = reader.number()
        sums.completionTokens = reader.number()
        sums.cachedTokens = reader.number()
        sums.speedTokens = Double(reader.number())
        if sums.speedTokens > 0 { sums.speedSeconds = reader.double() }
        for measure in 0..<Measure.count {
            let count = reader.number()
            if count == 0 { continue }
            sums.counts[measure] = count
            sums.sums[measure] = reader.double()
            sums.largest[measure] = count > 1 ? reader.double() : sums.sums[measure]
        }
        sums.isEmpty = false
        while !reader.isAtEnd {
            let kind = ErrorKind(index: UInt8(truncatingIfNeeded: reader.number()))
            errors.count(kind, reader.number())
        }
        return sums
    }

    private struct Writer {
        var bytes: [UInt8] = []

        init() {
            bytes.reserveCapacity(256)
        }

        /// As a `VariableNumber`.
        mutating func number(_ number: UInt64) {
            var rest = number
            while rest > 127 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
                rest &>>= 7
            }
            bytes.append(UInt8(truncatingIfNeeded: rest))
        }

        mutating func double(_ value: Double) {
            var bits = value.bitPattern
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bits &>>= 8
            }
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        private var at = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        var isAtEnd: Bool { at == bytes.count }

        mutating func number() -> UInt64 {
            let bytes = bytes
            return VariableNumber.read(bytes.span, &at)
        }

        mutating func double() -> Double {
            var bits: UInt64 = 0
            for index in 0..<8 { bits |= UInt64(bytes[at &+ index]) &<< UInt64(index &* 8) }
            at &+= 8
            return Double(bitPattern: bits)
        }
    }
}

/// What an array takes of the heap: its elements, the language's head and the allocator's.
enum HeapBlock {
    static func bytes(_ content: Int) -> Int { content == 0 ? 0 : (content + 40 + 15) & ~15 }
}
