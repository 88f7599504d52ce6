import CrowdModelsProtocol

/// Writes the `messages` of `complete`, told piece by piece: texts are the inside of JSON strings.
///
/// What the APIs count as one turn becomes one message, since many chat templates refuse two
/// messages of one speaker in a row; so does an instruction that comes in the middle, which they
/// know at the beginning only: it becomes a note in the user's turn, where it was said, so that the
/// text before it stays the same and its server's cache stays good.
struct MessageWriter {
    /// The message that is open, and how far it is.
    private enum Open: Equatable {
        case none
        /// Its text is open.
        case system, user, tool
        /// Its parts are open.
        case parts
        case assistant(Stage)
    }

    /// What of an assistant's message is open.
    private enum Stage: Equatable {
        case reasoning, content, calls
    }

    private var open = Open.none
    /// Whether a message stands there already.
    private(set) var isEmpty = true
    /// Whether the open message has a part already.
    private var hasPart = false
    /// Whether nothing but instructions came so far.
    private var isAtStart = true

    init(_ out: inout ByteBuffer) {
        out.append("[")
    }

    /// An instruction.
    mutating func system(_ text: Span<UInt8>, to out: inout ByteBuffer) {
        if text.isEmpty { return }
        guard isAtStart else {
            user(text, wrapped: true, to: &out)
            return
        }
        if open == .system {
            out.append("\\n\\n")
        } else {
            begin(.system, "system", to: &out)
            out.append(",\"content\":\"")
        }
        out.append(text)
    }

    /// What the user says; it goes on where the user said something right before.
    mutating func user(_ text: Span<UInt8>, wrapped: Bool = false, to out: inout ByteBuffer) {
        switch open {
        case .user: out.append("\\n\\n")
        case .parts: beginPart("{\"type\":\"text\",\"text\":\"", to: &out)
        default:
            begin(.user, "user", to: &out)
            out.append(",\"content\":\"")
        }
        if wrapped { out.append("<system>\\n") }
        out.append(text)
        if wrapped { out.append("\\n</system>") }
        if open == .parts { out.append("\"}") }
    }

    /// A message of the user that will hold pictures: its texts are parts.
    mutating func parts(to out: inout ByteBuffer) {
        if open == .parts { return }
        begin(.parts, "user", to: &out)
        out.append(",\"content\":[")
        hasPart = false
    }

    private mutating func beginPart(_ beginning: StaticString, to out: inout ByteBuffer) {
        if hasPart { out.append(",") }
        hasPart = true
        out.append(beginning)
    }

    /// A picture, whose address `write` appends as the inside of a string.
    mutating func image(to out: inout ByteBuffer, _ write: (inout ByteBuffer) -> Void) {
        parts(to: &out)
        beginPart("{\"type\":\"image_url\",\"image_url\":{\"url\":\"", to: &out)
        write(&out)
        out.append("\"}}")
    }

    /// What the model thought before it said something; what it thought later has no place.
    mutating func reasoning(_ text: Span<UInt8>, to out: inout ByteBuffer) {
        if text.isEmpty { return }
        switch open {
        case .assistant(.reasoning): out.append("\\n\\n")
        case .assistant: return
        default:
            begin(.assistant(.reasoning), "assistant", to: &out)
            out.append(",\"reasoning_content\":\"")
        }
        out.append(text)
    }

    /// What the model said.
    mutating func assistant(_ text: Span<UInt8>, to out: inout ByteBuffer) {
        switch open {
        case .assistant(.content):
            if text.isEmpty { return }
            out.append("\\n\\n")
        case .assistant(.reasoning): out.append("\",\"content\":\"")
        default:
            begin(.assistant(.content), "assistant", to: &out)
            out.append(",\"content\":\"")
        }
        out.append(text)
        open = .assistant(.content)
    }

    /// A call that the model asked for; `arguments` appends the inside of its arguments' string.
    mutating func call(
        name: Span<UInt8>, to out: inout ByteBuffer, id: (inout ByteBuffer) -> Void,
        arguments: (inout ByteBuffer) -> Void
    ) {
        if open == .assistant(.calls) {
            out.append(",")
        } else {
            // Templates add to the content of a message, so that none is worse than an empty one.
            if open != .assistant(.content) { assistant(Span(), to: &out) }
            out.append("\",\"tool_calls\":[")
        }
        open = .assistant(.calls)
        out.append("{\"id\":\"")
        id(&out)
        out.append("\",\"type\":\"function\",\"function\":{\"name\":\"")
        out.append(name)
        out.append("\",\"arguments\":\"")
        arguments(&out)
        out.append("\"}}")
    }

    /// Begins the message that answers a call.
    mutating func tool(to out: inout ByteBuffer, id: (inout ByteBuffer) -> Void) {
        begin(.tool, "tool", to: &out)
        out.append(",\"tool_call_id\":\"")
        id(&out)
        out.append("\",\"content\":\"")
    }

    /// Ends the array.
    mutating func end(_ out: inout ByteBuffer) {
        close(&out)
        out.append("]")
    }

    private mutating func begin(
        _ next: Open, _ role: StaticString, to out: inout ByteBuffer
    ) {
        close(&out)
        out.append(isEmpty ? "{\"role\":\"" : ",{\"role\":\"")
        out.append(role)
        out.append("\"")
        isEmpty = false
        if next != .system { isAtStart = false }
        open = next
    }

    private mutating func close(_ out: inout ByteBuffer) {
        switch open {
        case .none: break
        case .system, .user, .tool, .assistant(.content): out.append("\"}")
        case .assistant(.reasoning): out.append("\",\"content\":\"\"}")
        case .parts, .assistant(.calls): out.append("]}")
        }
        open = .none
    }
}
