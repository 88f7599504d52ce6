/// Thirty-two bytes of a text that are looked at at once, as long ones mostly are.
struct ByteBlock {
    static let count = 32
    private typealias Marks = SIMDMask<SIMD32<Int8>>

    /// Signed, so that what is no ASCII is below all that is.
    private let bytes: SIMD32<Int8>

    /// Those at `place` of `text`, which holds as many.
    @unsafe
    @inline(__always)
    init(_ text: RawSpan, at place: Int) {
        bytes = unsafe text.unsafeLoadUnaligned(
            fromUncheckedByteOffset: place, as: SIMD32<Int8>.self)
    }

    /// Those at `pointer`, where as many are.
    @unsafe
    @inline(__always)
    init(_ pointer: UnsafePointer<UInt8>) {
        bytes = unsafe UnsafeRawPointer(pointer).loadUnaligned(as: SIMD32<Int8>.self)
    }

    /// Whether that byte of ASCII is among them.
    @inline(__always)
    func has(_ byte: Unicode.Scalar) -> Bool {
        Self.isAny(marks(byte))
    }

    /// Whether a string ends or an escape begins in it.
    @inline(__always)
    var hasQuoteOrBackslash: Bool {
        Self.isAny(marks("\"") .| marks("\\"))
    }

    /// Whether all are ASCII, and can stand in a string as they are.
    @inline(__always)
    var isPlain: Bool {
        !Self.isAny((bytes .< SIMD32(repeating: 0x20)) .| marks("\"") .| marks("\\"))
    }

    /// Whether all can stand in a string as they are: no quote, no backslash, no control.
    @inline(__always)
    var isInsideOfString: Bool {
        !Self.isAny(marks(below: 0x20) .| marks("\"") .| marks("\\"))
    }

    /// Whether a space or a control is among them.
    @inline(__always)
    var hasSpace: Bool {
        Self.isAny(marks(below: 0x21))
    }

    @inline(__always)
    private func marks(_ byte: Unicode.Scalar) -> Marks {
        bytes .== SIMD32(repeating: Int8(truncatingIfNeeded: byte.value))
    }

    @inline(__always)
    private func marks(below byte: Int8) -> Marks {
        (bytes .< SIMD32(repeating: byte)) .& (bytes .>= SIMD32(repeating: 0))
    }

    @inline(__always)
    private static func isAny(_ marks: Marks) -> Bool {
        let words = unsafe unsafeBitCast(marks, to: SIMD4<UInt64>.self)
        return words[0] | words[1] | words[2] | words[3] != 0
    }
}
