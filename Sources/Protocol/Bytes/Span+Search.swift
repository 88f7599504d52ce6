extension Span<UInt8> {
    /// Whether it can stand in a string as it is: no quote, no backslash, no control.
    var isInsideOfString: Bool {
        let ones = Self.ones
        return !hasByte { block in
            !block.isInsideOfString
        } word: { word in
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            return ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
                | ((word &- (ones &* 0x20)) & ~word)
        }
    }

    /// Whether a byte of it is a space or a control.
    package var hasSpace: Bool {
        let ones = Self.ones
        return hasByte { block in
            block.hasSpace
        } word: { word in
            (word &- (ones &* 0x21)) & ~word
        }
    }

    /// Whether a byte of it is a backslash.
    var hasBackslash: Bool {
        let ones = Self.ones
        return hasByte { block in
            block.has("\\")
        } word: { word in
            let backslash = word ^ (ones &* 0x5C)
            return (backslash &- ones) & ~backslash
        }
    }

    private static var ones: UInt64 { 0x0101_0101_0101_0101 }

    /// Whether `block` is true of a block, or `word` sets the top bit of a byte in a word of eight;
    /// of several that of the lowest exactly.
    @inline(__always)
    private func hasByte(
        _ block: (ByteBlock) -> Bool, word find: (UInt64) -> UInt64
    ) -> Bool {
        let bytes = unsafe bytes
        let tops = Self.ones &* 0x80
        var at = 0
        while count &- at >= ByteBlock.count {
            if unsafe block(ByteBlock(bytes, at: at)) { return true }
            at &+= ByteBlock.count
        }
        if count < 4 {
            while at < count {
                // A letter in all eight places is as one.
                if find(Self.ones &* UInt64(self[at])) & tops != 0 { return true }
                at &+= 1
            }
            return false
        }
        if count < 8 {
            // Its first four bytes and its last four, some of them twice.
            let (first, last) = unsafe (
                bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt32.self),
                bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: count &- 4, as: UInt32.self)
            )
            return find(UInt64(first) << 32 | UInt64(last)) & tops != 0
        }
        while at < count {
            // The last word overlaps the one before it.
            let place = Swift.min(at, count &- 8)
            let word = unsafe bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: place, as: UInt64.self)
            if find(word) & tops != 0 { return true }
            at = place &+ 8
        }
        return false
    }
}
