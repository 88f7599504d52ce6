/// What a line, or one element of a batch, asks for: where in the text its parts stand.
///
/// It points into the text and says nothing about the method's own parameters.
public struct RequestEnvelope: Equatable, Sendable {
    /// The token of a valid id; absent for a notification.
    public var id = JSONRange.absent
    /// The token of the method's name.
    public var method = JSONRange.absent
    /// The object or array of parameters; absent for none and for null.
    public var params = JSONRange.absent
    /// Why it is no valid request, as a sentence; nil for a valid one.
    public var fault: StaticString?
    /// Whether that is the length of its id.
    var idIsTooLong = false

    /// Whether nobody waits for an answer: valid and without an id.
    @inlinable public var isNotification: Bool { !id.isPresent && fault == nil }

    @usableFromInline init() {}

    /// Reads the object that starts at `start` of `text`, and says where it ends.
    ///
    /// Throws for what is not JSON. What is JSON but no valid request comes back with a `fault`,
    /// and with its id where that one is valid. It reads all in one go: for a long line there is
    /// `LineReader`.
    public static func read(
        _ text: Span<UInt8>, from start: Int, depth: Int, limits: RequestLimits
    ) throws(JSONError) -> (envelope: RequestEnvelope, end: Int) {
        var notes = ParamsNotes()
        return try read(text, from: start, depth: depth, limits: limits, noting: &notes)
    }

    /// The same, and notes where the members of the params stand.
    public static func read(
        _ text: Span<UInt8>, from start: Int, depth: Int, limits: RequestLimits,
        noting notes: inout ParamsNotes
    ) throws(JSONError) -> (envelope: RequestEnvelope, end: Int) {
        var members = RequestMembers(limits)
        var walker = JSONWalker(text, from: start, depth: depth - 1, depthMax: limits.depthMax)
        try walker.enterObject()
        while let name = try walker.nextName() {
            let part = RequestMembers.Part(
                text.extracting(name.bounds), hasEscape: walker.nameHasEscape)
            if part == .params, walker.kind == .object {
                let start = walker.offset
                try notes.note(&walker)
                members.add(part, JSONRange(start, walker.offset), in: text)
            } else {
                members.add(part, try walker.skip(), in: text)
            }
        }
        return (members.envelope(text), walker.offset)
    }

    /// What a request that is none is refused with; nil for a valid one.
    public func refusal(_ limits: RequestLimits) -> Fault? {
        guard let fault else { return nil }
        if idIsTooLong {
            return .unread(
                limit: "id_bytes_max",
                "the id is longer than \(limits.idBytesMax) bytes (id_bytes_max)")
        }
        return Fault(.invalidRequest, "not a JSON-RPC 2.0 request: \(fault)")
    }
}

extension RequestEnvelope {
    /// Two faults are the same if they read the same.
    public static func == (left: RequestEnvelope, right: RequestEnvelope) -> Bool {
        left.id == right.id && left.method == right.method && left.params == right.params
            && left.fault?.description == right.fault?.description
    }
}
