import Testing

@testable import Requests

@Suite struct ChatAttemptTests {
    private final class Pair {
        let (first, second) = (1, 2)
    }

    /// Bytes of an instance, as the metadata of its class says: behind the kind, the superclass,
    /// flags and the place of the first word (docs/ABI/TypeMetadata.rst of Swift).
    private static func size(of type: AnyClass) -> UInt32 {
        unsafeBitCast(type, to: UnsafeRawPointer.self).load(fromByteOffset: 24, as: UInt32.self)
    }

    @Test func `a try is no larger than what the allocator keeps at hand`() {
        #expect(Self.size(of: Pair.self) == 32)
        #expect(Self.size(of: ChatAttempt.self) <= 1_032)
    }
}
