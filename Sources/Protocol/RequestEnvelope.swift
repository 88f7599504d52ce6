/// What a line, or one element of a batch, asks for: where in the text its parts stand.
///
/// It points into the text and says nothing about the method's own parameters.
public struct RequestEnvelope: Equatable, Sendable {
    /// The token of a valid id; absent for a notification.
    public var id = JSONRange.absent
    /// The token of the method's name.
    public var method = JSONRange.absent
    /// Whether the name is written with escapes.
    public var methodHasEscape = false
    /// The object or array of parameters; absent for none and for null.
    public var params = JSONRange.absent
    /// Why it is no valid request, as a sentence; nil for a valid one.
    public var fault: StaticString?

    /// Whether nobody waits for an answer: valid and without an id.
    @inlinable public var isNotification: Bool { !id.isPresent && fault == nil }

    @usableFromInline init() {}

    /// Reads the object that starts at `start` of `text`, and says where it ends.
    ///
    /// Throws for what is not JSON. What is JSON but no valid request comes back with a `fault`,
    /// and with its id where that one is valid.
    public static func read(
        _ text: Span<UInt8>, from start: Int, depth: Int, depthMax: Int
    ) throws(JSONError) -> (envelope: RequestEnvelope, end: Int) {
        var envelope = RequestEnvelope()
        var walker = JSONWalker(text, from: start, depth: depth - 1, depthMax: depthMax)
        try walker.enterObject()
        var seen: UInt8 = 0
        var hasVersion = false
        var idIsInvalid = false
        while let name = try walker.nextName() {
            let part = Part(text.extracting(name.bounds), hasEscape: walker.nameHasEscape)
            let value = try walker.skip()
            if part == .other { continue }
            if seen & part.rawValue != 0 {
                envelope.fault = part.givenTwice
                if part == .id { idIsInvalid = true }
                continue
            }
            seen |= part.rawValue
            let kind = JSONKind(firstByte: text[Int(value.start)])
            switch part {
            case .jsonrpc:
                let token = text.extracting(value.bounds)
                hasVersion =
                    kind == .string
                    && JSONText.string(token, hasEscape: token.count != 5, equals: "2.0")
            case .id:
                switch kind {
                case .string, .number, .null: envelope.id = value
                default: idIsInvalid = true
                }
            case .method:
                guard kind == .string else { break }
                envelope.method = value
                envelope.methodHasEscape =
                    JSONText.hasEscape(text.extracting(value.bounds))
            case .params:
                envelope.params = value
            case .other: break
            }
        }
        if idIsInvalid { envelope.id = .absent }
        envelope.check(
            text, hasVersion: hasVersion, idIsInvalid: idIsInvalid,
            hasMethod: seen & Part.method.rawValue != 0)
        return (envelope, walker.offset)
    }

    private mutating func check(
        _ text: Span<UInt8>, hasVersion: Bool, idIsInvalid: Bool, hasMethod: Bool
    ) {
        if params.isPresent {
            switch JSONKind(firstByte: text[Int(params.start)]) {
            case .object, .array: break
            case .null: params = .absent
            default: fault = fault ?? "`params` must be an object or an array"
            }
        }
        if !hasVersion { fault = fault ?? "`jsonrpc` must be \"2.0\"" }
        if idIsInvalid { fault = fault ?? "`id` must be a string, a number or null" }
        if !method.isPresent {
            fault = fault ?? (hasMethod ? "`method` must be a string" : "`method` is missing")
        }
    }

    /// A member of a request that means something; any other is ignored.
    private enum Part: UInt8 {
        case other = 0
        case jsonrpc = 1
        case id = 2
        case method = 4
        case params = 8

        var givenTwice: StaticString {
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

extension RequestEnvelope {
    /// Two faults are the same if they read the same.
    public static func == (left: RequestEnvelope, right: RequestEnvelope) -> Bool {
        left.id == right.id && left.method == right.method && left.params == right.params
            && left.fault?.description == right.fault?.description
    }
}
