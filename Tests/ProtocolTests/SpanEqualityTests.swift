import CrowdModelsProtocol
import Testing

@Suite struct SpanEqualityTests {
    @Test func `bytes are equal where each one is, whatever their number`() {
        for count in 0...100 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            #expect(areEqual(bytes, bytes))
            for at in bytes.indices {
                var other = bytes
                other[at] ^= 0x80
                #expect(!areEqual(bytes, other), "\(count) bytes, other at \(at)")
            }
            #expect(!areEqual(bytes, bytes + [0]))
        }
    }

    private func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.span.isEqual(to: right.span)
    }
}
