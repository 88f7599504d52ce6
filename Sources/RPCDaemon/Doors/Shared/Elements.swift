import CrowdModelsProtocol

/// The elements of an array of a valid text, one at a time, with pauses as one likes: it points
/// nowhere, and is shown the text again at each step.
struct Elements {
    private var reader: JSONElementReader?
    /// One that was given back.
    private var returned: JSONRange?

    /// The elements of the value at `range`; none where that is no array.
    init(of range: JSONRange?, in text: Span<UInt8>) {
        guard let range, range.isPresent, text[Int(range.start)] == UInt8(ascii: "[") else {
            reader = nil
            return
        }
        reader = JSONElementReader(skimmingFrom: Int(range.start))
    }

    /// The next element, or nil after the last one.
    mutating func next(in text: Span<UInt8>) -> JSONRange? {
        if let returned = returned.take() { return returned }
        guard reader != nil else { return nil }
        return (try? reader?.next(in: text)) ?? nil
    }

    /// The element that came last is to come once more.
    mutating func giveBack(_ element: JSONRange) { returned = element }
}

/// What one step of a translation may look at, in bytes of the request.
///
/// A conversation of megabytes is translated in steps of about a millisecond, between which others
/// have their turn.
struct Slice {
    /// As many bytes of small elements take some 0.5 ms.
    static let bytes = LineReader.wholeBytes
    private var left: Int

    init() {
        left = Self.bytes
    }

    /// Notes that an element was looked at; none is so small that it costs nothing.
    mutating func spend(_ element: JSONRange) { left -= element.count + 32 }

    var isSpent: Bool { left <= 0 }
}
