/// A set of kinds.
struct JSONKinds: Equatable, Sendable {
    private var bits: UInt8 = 0

    init(_ kinds: JSONKind...) {
        for kind in kinds { insert(kind) }
    }

    /// What the elements of the array token are, which is valid.
    init(elementsOf token: Span<UInt8>) {
        var reader = JSONElementReader(skimmingFrom: 0)
        while let element = (try? reader.next(in: token)) ?? nil {
            insert(JSONKind(firstByte: token[Int(element.start)]))
        }
    }

    @inline(__always)
    mutating func insert(_ kind: JSONKind) {
        bits |= Self.bit(kind)
    }

    var isEmpty: Bool { bits == 0 }

    private static func bit(_ kind: JSONKind) -> UInt8 {
        switch kind {
        case .object: 1
        case .array: 2
        case .string: 4
        case .number: 8
        case .boolean: 16
        case .null: 32
        }
    }
}
