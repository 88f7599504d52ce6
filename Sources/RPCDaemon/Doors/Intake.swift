import CrowdModelsProtocol
import HTTP
import Kernel
import Sessions

/// A request's body on its way to a call of ours, one step at a time, so that a body of megabytes
/// keeps nobody else waiting.
struct Intake: ~Copyable {
    enum Step {
        /// Nothing to tell yet; so many bytes were looked at.
        case unfinished(Int)
        /// `call` tells what is asked.
        case ready
    }

    private enum Stage {
        /// The body is being validated; left when it is.
        case surveying
        /// Left when the tongue has written the params.
        case asking
        /// They are being validated; left when they are.
        case checking
        case ready
    }

    private var stage = Stage.surveying
    private let limits: RequestLimits
    /// The most bytes that the call may have. A body of empty elements may be many times as long in
    /// our words; quotation marks that are escaped once more make none more than twice as long.
    private let callBytesMax: Int
    private var body = ByteBuffer()
    private var survey: ObjectSurvey
    /// The call as a line of ours, and behind it what the head says of it.
    private var line = ByteBuffer()
    /// What surveys it where it is long.
    private var reader: LineReader
    /// Where its params stand, once it is ready.
    private var params = JSONRange.absent
    /// What is asked; nil until the tongue has said.
    private(set) var question: Question?
    private var hints = Hints()
    /// When the tongue was first asked, in seconds since 1970.
    private var askedAt = 0

    /// For a body of at most `lineBytesMax` bytes.
    init(_ limits: RequestLimits, lineBytesMax: Int) {
        self.limits = limits
        callBytesMax = 2 * lineBytesMax
        survey = ObjectSurvey(depthMax: limits.depthMax)
        reader = LineReader(limits)
    }

    /// Bytes of memory that it holds.
    var heldBytes: Int { body.allocated &+ line.allocated }

    /// A piece of the body has come.
    mutating func add(_ bytes: Span<UInt8>) {
        body.append(bytes)
    }

    /// Takes the body out, or puts it back.
    mutating func swapBody(_ bytes: inout ByteBuffer) { swap(&bytes, &body) }

    /// Forgets all that it holds.
    mutating func drop() {
        body.removeAll(keeping: 0)
        line.removeAll(keeping: 0)
    }

    /// Takes the next step with the request of this head, as `tongue` understands it.
    mutating func step(
        _ head: IncomingRequestHead, key: String, _ tongue: inout any Tongue
    ) throws(Fault) -> Step {
        switch stage {
        case .surveying:
            let hasBody = !body.isEmpty || head.asks("POST")
            if hasBody, try !surveyed() { return .unfinished(LineReader.wholeBytes) }
            stage = .asking
            return .unfinished(body.count)
        case .asking: return .unfinished(try ask(head, key: key, &tongue))
        case .checking: return try check()
        case .ready: return .ready
        }
    }

    /// What a line of ours has before its params.
    private static let beginning: StaticString =
        #"{"jsonrpc":"2.0","id":0,"method":"ping","params":"#

    private mutating func surveyed() throws(Fault) -> Bool {
        var text = ByteBuffer()
        swap(&text, &body)
        defer { swap(&text, &body) }
        do throws(JSONError) {
            return try survey.resume(text.span)
        } catch {
            if error.reason == .tooDeep { throw .notJSON(error, limits) }
            throw Fault(.invalidRequest, "the body is not a JSON object: \(error.message)")
        }
    }

    /// Lets the tongue say what is asked; how many bytes that took.
    private mutating func ask(
        _ head: IncomingRequestHead, key: String, _ tongue: inout any Tongue
    ) throws(Fault) -> Int {
        var text = ByteBuffer()
        swap(&text, &body)
        defer { swap(&text, &body) }
        var call = ByteBuffer()
        swap(&call, &line)
        defer { swap(&call, &line) }
        if call.isEmpty {
            call = ByteBuffer(capacity: text.count + 256)
            call.append(Self.beginning)
            askedAt = Int(Clock.wall() / 1_000_000_000)
        }
        let request = DoorRequest(
            head, body: text.span, members: survey.members, receivedAt: askedAt, key: key)
        let before = call.count
        let found = try tongue.question(request, &call)
        if call.count > callBytesMax {
            throw .unread(
                limit: "line_bytes_max",
                "the request has over \(callBytesMax) bytes in words of the daemon, twice "
                    + "line_bytes_max")
        }
        guard let question = found else {
            return max(LineReader.wholeBytes, call.count - before)
        }
        self.question = question
        hints = Hints(request, nameBytesMax: limits.nameBytesMax)
        call.append("}")
        stage = .checking
        return LineReader.wholeBytes
    }

    private mutating func check() throws(Fault) -> Step {
        var text = ByteBuffer()
        swap(&text, &line)
        defer { swap(&text, &line) }
        // Made of tokens that were validated already: only what is long is surveyed anew, since
        // whoever performs the call wants to know more of it.
        if text.count <= LineReader.wholeBytes {
            params = JSONRange(Self.beginning.utf8CodeUnitCount, text.count - 1)
            stage = .ready
            return .ready
        }
        switch reader.resume(text.span) {
        case .unfinished: return .unfinished(LineReader.wholeBytes)
        case .request(let envelope):
            params = envelope.params
            stage = .ready
            return .ready
        case .refused(let fault) where fault.code == .invalidRequest: throw fault
        case .refused, .batchBegins, .ended:
            throw Fault(.internalError, "the request could not be put into words of the daemon")
        }
    }

    /// What is asked, once that is ready. Its parameters stand in `line`, which it hands out.
    mutating func call(_ line: inout ByteBuffer) throws(Fault) -> Call {
        guard case .ready = stage, let question else {
            preconditionFailure("a call is made of a request that was looked at")
        }
        swap(&line, &self.line)
        let survey = reader.survey
        var arguments = try Arguments(
            params: params, of: question.method, in: line.span, limits: limits, survey: survey)
        hints.add(to: &arguments, of: question.method, &line)
        return Call(
            method: question.method, arguments: arguments, survey: survey,
            canStream: question.isStream)
    }
}
