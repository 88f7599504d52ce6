/// A number in as many bytes as it needs: seven bits a byte, the lowest first; the top bit says
/// that more follow.
enum VariableNumber {
    /// Reads the one at `at`, and goes behind it.
    @inline(__always)
    static func read(_ bytes: Span<UInt8>, _ at: inout Int) -> UInt64 {
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
