extension Span<UInt8> {
    /// Whether both hold the same bytes.
    @inlinable
    package func isEqual(to other: Span<UInt8>) -> Bool {
        count == other.count && holds(other, at: 0)
    }

    /// Whether the bytes of `other` stand here from `start` on; 32 are compared at a time.
    @inlinable
    package func holds(_ other: Span<UInt8>, at start: Int) -> Bool {
        let count = other.count
        guard start >= 0, self.count &- start >= count else { return false }
        let (mine, its) = unsafe (bytes, other.bytes)
        var at = 0
        while count &- at >= 32 {
            let difference =
                unsafe mine.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: start &+ at, as: SIMD4<UInt64>.self)
                ^ its.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: SIMD4<UInt64>.self)
            if difference[0] | difference[1] | difference[2] | difference[3] != 0 { return false }
            at &+= 32
        }
        if count < 8 {
            while at < count {
                if self[start &+ at] != other[at] { return false }
                at &+= 1
            }
            return true
        }
        while at < count {
            // The last word overlaps the one before it.
            let word = Swift.min(at, count &- 8)
            let (left, right) = unsafe (
                mine.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: start &+ word, as: UInt64.self),
                its.unsafeLoadUnaligned(fromUncheckedByteOffset: word, as: UInt64.self)
            )
            if left != right { return false }
            at = word &+ 8
        }
        return true
    }
}
