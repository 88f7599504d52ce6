extension String {
    /// Lends its UTF-8 where it lies, for as long as `body` runs: neither copied nor retained, as
    /// `withUTF8` would have it. Every string on Linux is stored so.
    @inline(__always)
    func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        let result = unsafe utf8.withContiguousStorageIfAvailable { bytes in
            body(unsafe Span(_unsafeElements: bytes))
        }
        guard let result else { preconditionFailure("a string that is not stored as UTF-8") }
        return result
    }
}
