package import CrowdModelsProtocol

/// One exchange in some program's API: a pure translator that lives from the request's whole body
/// to the last byte of its answer.
///
/// `named` comes first; then `question`, until it has an answer; then `placed` and deltas where a
/// stream is answered; then `succeed` or `fail`, once. One that threw from `question` hears `fail`
/// and nothing else. What it appends goes out as it is: an event stream's events are whole, with
/// the empty line behind them.
package protocol Tongue {
    /// The name of the request, which some APIs' errors tell.
    mutating func named(_ key: String)

    /// Appends the params of the method of ours that the request means, one JSON object, and says
    /// which method it is and how the answer goes. A thrown fault is answered in this tongue.
    ///
    /// Nil where that is not all yet: it is asked again with the same request and what it has
    /// appended so far, perhaps in another turn, so that megabytes keep nobody else waiting.
    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question?

    /// The model and the backend that answer, as far as they are known: told before each first
    /// delta and before the end, where the method has any.
    mutating func placed(model: String, backend: String)

    /// Appends what a delta means in this API: nothing, one event, or several.
    mutating func delta(_ delta: Delta, to out: inout ByteBuffer)

    /// Appends the whole answer's body, or the stream's last events; `result` is the result of our
    /// method, one JSON value.
    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer)

    /// As `succeed`, for results that may be megabytes of small elements: false where that was not
    /// all yet. It is shown the same result again, and what it has appended so far, perhaps in
    /// another turn.
    mutating func tell(_ result: Span<UInt8>, to out: inout ByteBuffer) -> Bool

    /// As `tell`, of a result of `complete` before it is JSON; false where the tongue reads JSON
    /// alone, and has done nothing.
    mutating func tell(
        _ result: borrowing CompleteResult, _ tokens: borrowing CompleteResult.Tokens,
        to out: inout ByteBuffer
    ) -> Bool

    /// Appends the error's body, or, where the stream has begun, its last event.
    mutating func fail(_ fault: Fault, status: Int, hasBegun: Bool, to out: inout ByteBuffer)

    /// Bytes that it keeps of an answer while that is told.
    var heldBytes: Int { get }
}

extension Tongue {
    /// Few APIs name a request in its answer.
    package mutating func named(_ key: String) {}

    /// Most results are told in one step.
    package mutating func tell(_ result: Span<UInt8>, to out: inout ByteBuffer) -> Bool {
        succeed(result, to: &out)
        return true
    }

    /// Most tongues read a result's JSON.
    package mutating func tell(
        _ result: borrowing CompleteResult, _ tokens: borrowing CompleteResult.Tokens,
        to out: inout ByteBuffer
    ) -> Bool { false }

    /// Most tongues forget what they have told.
    package var heldBytes: Int { 0 }

    /// Few answers name who gives them before their end.
    package mutating func placed(model: String, backend: String) {}

    /// Methods without streams have no deltas.
    package mutating func delta(_ delta: Delta, to out: inout ByteBuffer) {}
}

/// What a request means to the daemon.
package struct Question: Equatable, Sendable {
    /// How an answer goes out.
    package enum Form: Equatable, Sendable {
        /// In one piece, when all of it is there.
        case whole
        /// As an event stream, event by event.
        case events
        /// As lines of JSON, one after the other.
        case lines
    }

    package let method: Method
    package let form: Form
    /// What a whole answer is said to be.
    package let contentType: String
    /// The context that is wanted of the model: more than it can have is refused.
    package let context: ContextWish?
    /// What of the request is left out, for the log; nil for nothing.
    package let omission: String?

    package init(
        _ method: Method, _ form: Form = .whole, contentType: String = "application/json",
        context: ContextWish? = nil, omission: String? = nil
    ) {
        self.method = method
        self.form = form
        self.contentType = contentType
        self.context = context
        self.omission = omission
    }

    /// Whether deltas are wanted: then `params` has to say `"stream":true`, which is the tongue's.
    package var isStream: Bool { form != .whole }
}

/// How much context a caller wants its model to have.
package struct ContextWish: Equatable, Sendable {
    /// The member that says so.
    package let name: String
    package let tokens: Int
    /// The token of the model's name.
    package let model: [UInt8]

    package init(_ name: String, tokens: Int, model: [UInt8]) {
        self.name = name
        self.tokens = tokens
        self.model = model
    }
}

/// A piece of an answer. Texts are the inside of JSON strings as they came; calls are an array of
/// deltas in normal form, each with its `index`. What is not there is empty.
package struct Delta: ~Escapable {
    package let content: Span<UInt8>
    package let reasoning: Span<UInt8>
    package let refusal: Span<UInt8>
    package let toolCalls: Span<UInt8>

    @_lifetime(copy content, copy reasoning, copy refusal, copy toolCalls)
    package init(
        content: Span<UInt8> = Span(), reasoning: Span<UInt8> = Span(),
        refusal: Span<UInt8> = Span(), toolCalls: Span<UInt8> = Span()
    ) {
        self.content = content
        self.reasoning = reasoning
        self.refusal = refusal
        self.toolCalls = toolCalls
    }
}

extension ByteBuffer {
    /// Appends one event of a stream; `data` appends one line, as JSON is.
    package mutating func append(
        event name: StaticString? = nil, data: (inout ByteBuffer) -> Void
    ) {
        if let name {
            append("event: ")
            append(name)
            append("\n")
        }
        append("data: ")
        data(&self)
        append("\n\n")
    }
}
