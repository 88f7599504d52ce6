import CrowdModelsProtocol

/// A line that the daemon sent: an answer or a notification. It owns the line and points into it.
struct Message: ~Copyable {
    private let line: ByteBuffer
    private(set) var id = JSONRange.absent
    private(set) var method = JSONRange.absent
    private var params = JSONRange.absent
    private var result = JSONRange.absent
    private(set) var error = JSONRange.absent

    /// Reads a line.
    init(_ line: consuming ByteBuffer) throws(JSONError) {
        let start = JSONText.skippingSpace(line.span)
        var reader = JSONMemberReader(from: start)
        while let member = try reader.next(in: line.span) {
            switch JSONText.string(line.span.extracting(member.name.bounds)) {
            case "id": id = member.value
            case "method": method = member.value
            case "params": params = member.value
            case "result": result = member.value
            case "error": error = member.value
            default: break
            }
        }
        self.line = line
    }

    /// The id's token; nil where there is none.
    var idToken: String? {
        id.isPresent ? line.span.extracting(id.bounds).text : nil
    }

    /// The name of the notification; nil for an answer.
    var methodName: String? {
        method.isPresent ? JSONText.string(line.span.extracting(method.bounds)) : nil
    }

    /// The error object as a tree; nil where there is none.
    var errorValue: JSONValue? {
        // Not `nil` in a conditional expression: that would be JSON's null.
        guard error.isPresent else { return Optional.none }
        return (try? JSONValue(parsing: line.span.extracting(error.bounds), depthMax: 1024))
            ?? .null
    }

    /// The JSON of the result, or of a notification's params.
    var content: Answer {
        let range = result.isPresent ? result : params
        guard range.isPresent else { return Answer(ByteBuffer()) }
        return Answer(ByteBuffer(line.span.extracting(range.bounds)))
    }
}

/// A JSON text that the daemon sent, valid JSON, or nothing.
struct Answer: ~Copyable {
    private let text: ByteBuffer

    init(_ text: consuming ByteBuffer) {
        self.text = text
    }

    /// The text as it came.
    var json: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span }
    }

    /// The text as a tree; null for what nests more deeply than anything the daemon says.
    var value: JSONValue { (try? JSONValue(parsing: text.span, depthMax: 1024)) ?? .null }
}

extension Span where Element == UInt8 {
    /// The bytes as text.
    var text: String {
        unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
