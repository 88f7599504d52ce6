extension Span<UInt8> {
    /// Whether both hold the same bytes; eight are compared at a time.
    @inlinable
    package func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        let (mine, its) = unsafe (bytes, other.bytes)
        var at = 0
        while count &- at >= 8 {
            let (left, right) = unsafe (
                mine.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self),
                its.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
            )
            if left != right { return false }
            at &+= 8
        }
        while at < count {
            if self[at] != other[at] { return false }
            at &+= 1
        }
        return true
    }
}
