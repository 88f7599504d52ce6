/// Makes a request's envelope of its members as they come.
struct RequestMembers: Sendable {
    private var found = RequestEnvelope()
    private var seen: UInt8 = 0
    private var hasVersion = false
    private var idIsInvalid = false
    private let idBytesMax: Int

    init(_ limits: RequestLimits) {
        idBytesMax = limits.idBytesMax
    }

    @inline(__always)
    mutating func add(_ part: Part, _ value: JSONRange, in text: Span<UInt8>) {
        if part == .other { return }
        if seen & part.rawValue != 0 {
            found.fault = part.givenTwice
            if part == .id { idIsInvalid = true }
            return
        }
        seen |= part.rawValue
        let first = text[Int(value.start)]
        switch part {
        case .jsonrpc:
            let token = text.extracting(value.bounds)
            hasVersion =
                first == UInt8(ascii: "\"")
                && JSONText.string(token, hasEscape: token.count != 5, equals: "2.0")
        case .id:
            switch JSONKind(firstByte: first) {
            case .string:
                found.id = value
                found.idIsTooLong = value.count &- 2 > idBytesMax
            case .number, .null:
                found.id = value
                found.idIsTooLong = value.count > idBytesMax
            default: idIsInvalid = true
            }
        case .method:
            if first == UInt8(ascii: "\"") { found.method = value }
        case .params:
            found.params = value
        case .other: break
        }
    }

    /// What came of it, when the object has ended.
    @inline(__always)
    func envelope(_ text: Span<UInt8>) -> RequestEnvelope {
        var envelope = found
        if envelope.idIsTooLong { envelope.fault = "`id` is too long" }
        if idIsInvalid || envelope.idIsTooLong { envelope.id = .absent }
        if envelope.params.isPresent {
            switch JSONKind(firstByte: text[Int(envelope.params.start)]) {
            case .object, .array: break
            case .null: envelope.params = .absent
            default: envelope.fault = envelope.fault ?? "`params` must be an object or an array"
            }
        }
        if !hasVersion { envelope.fault = envelope.fault ?? "`jsonrpc` must be \"2.0\"" }
        if idIsInvalid {
            envelope.fault = envelope.fault ?? "`id` must be a string, a number or null"
        }
        if !envelope.method.isPresent {
            envelope.fault =
                envelope.fault
                ?? (seen & Part.method.rawValue != 0
                    ? "`method` must be a string" : "`method` is missing")
        }
        return envelope
    }

    /// A member of a request that means something; any other is ignored.
    enum Part: UInt8 {
        case other = 0
        case jsonrpc = 1
        case id = 2
        case method = 4
        case params = 8

        fileprivate var givenTwice: StaticString {
            switch self {
            case .jsonrpc: "`jsonrpc` is given twice"
            case .id: "`id` is given twice"
            case .method: "`method` is given twice"
            case .params, .other: "`params` is given twice"
            }
        }

        @inline(__always)
        init(_ name: Span<UInt8>, hasEscape: Bool) {
            if JSONText.string(name, hasEscape: hasEscape, equals: "jsonrpc") {
                self = .jsonrpc
            } else if JSONText.string(name, hasEscape: hasEscape, equals: "id") {
                self = .id
            } else if JSONText.string(name, hasEscape: hasEscape, equals: "method") {
                self = .method
            } else if JSONText.string(name, hasEscape: hasEscape, equals: "params") {
                self = .params
            } else {
                self = .other
            }
        }
    }
}
