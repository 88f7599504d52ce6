package import CrowdModelsProtocol
import HTTP

/// One answer to a generation, from the first byte of its body to its end: bytes go in, deltas in
/// normal form come out (protocol, "Normal form"), and what was said beside them is in `report`.
///
/// What the body is (an event stream, JSON lines, one whole answer, an error in any clothes) is
/// told by the body, never by its type or by what was asked. It belongs to one attempt and dies
/// with it.
///
/// Many properties: an answer is cut anywhere, and where each of its layers was cut is kept here.
package struct Generation: ~Copyable {
    /// How far the answer is.
    package enum Phase: Equatable, Sendable {
        /// More is expected; left by a finish chunk, `[DONE]`, the body's end or a failure.
        case open
        /// The server said why it stopped: only numbers may follow. Left by `[DONE]` or the end.
        case finished
        /// Complete. What still comes is not looked at.
        case done
        /// Broken off; what had come before is in `text`.
        case failed(ServerFailure)
    }

    package internal(set) var phase = Phase.open
    package internal(set) var report = GenerationReport()
    /// Deltas that were handed out: tokens, as far as anybody can tell.
    package internal(set) var deltas = 0
    /// The text so far, all deltas joined.
    package internal(set) var text = GeneratedText()

    let keptMax: Int
    /// Tokens that were asked for at most, where that was said.
    let tokensMax: Int?
    var status = 200
    var retryAfter: Int?
    var form = Form.unknown
    var events = EventStreamParser(hearsProgress: true)
    var values = JSONSplitter()
    /// The event before, in a stream.
    var template: EventTemplate?
    /// The answer before, where it came whole.
    let shape: AnswerShape?
    /// The front of a body that is no answer, or not known to be one.
    var front = ByteBuffer()
    var think: ThinkTags
    var echo = ReasoningEcho()
    var channels = Channels()
    var finish: FinishWord?
    var hasChoice = false
    /// Whether LM Studio told how far it has loaded the model.
    var hasLoaded = false
    /// Words of an event that is no JSON: an error, if nothing else comes, or no end.
    var stray: String?

    /// What the body turned out to be.
    enum Form {
        /// No byte that tells has come.
        case unknown
        /// Lines of `data:`, or plain text: told apart at the end, if no event came.
        case lines
        case json
        /// The status says that it is an error: read at its end.
        case error
    }

    /// Text that is not cut between two letters.
    struct Channels {
        var content = TextChannel()
        var reasoning = TextChannel()
        var refusal = TextChannel()

        /// Whether nothing is held back in any of them.
        var areClear: Bool { content.isClear && reasoning.isClear && refusal.isClear }
    }

    /// Bytes of memory that it takes at most, as far as it grows with what the server says: the
    /// text, and what waits for its end.
    package var allocated: Int {
        let growing = text.byteCount &+ values.rest.count &+ events.unread
        return Self.timesHeld &* growing &+ report.allocated &+ front.allocated
    }

    /// What grows is held with its copy while it does (2.5 times), and a text with the result that
    /// is written of it.
    private static let timesHeld = 3

    /// An answer of which nothing has come. `keptMax`: bytes of text that are kept for the result;
    /// `isRaw`: a text completion, in which tags have no meaning; `tokensMax`: tokens asked for;
    /// `shape`: how that server answers.
    package init(
        keptMax: Int, isRaw: Bool = false, tokensMax: Int? = nil, like shape: AnswerShape? = nil
    ) {
        self.shape = shape
        self.keptMax = keptMax
        self.tokensMax = tokensMax
        think = ThinkTags(isDivided: !isRaw)
    }

    /// The head of the answer. `retryAfter`: milliseconds; `encoding`: the body's, if it has one
    /// that was not undone; `location`: where a redirect leads.
    package mutating func begin(
        status: Int, retryAfter: Int? = nil, encoding: String? = nil, location: String? = nil
    ) {
        self.status = status
        self.retryAfter = retryAfter
        if (300..<400).contains(status) {
            fail(ServerFailure(.redirected(location), status: status))
        } else if let encoding {
            fail(ServerFailure(.encoded(encoding), status: status))
        } else if !(200..<300).contains(status) {
            form = .error
        }
    }

    /// Reads the next piece of the body and hands out what it gives. `handle` answers whether to go
    /// on; if not, the rest of the piece is unread: feed it again later. Answers how many bytes
    /// were read. `handle` must not touch this generation.
    @discardableResult
    package mutating func feed(
        _ bytes: Span<UInt8>, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Int {
        switch phase {
        case .done, .failed: return bytes.count
        case .open, .finished: break
        }
        if form == .unknown { form = Self.form(bytes) }
        switch form {
        case .unknown: return bytes.count
        case .error:
            keepFront(bytes)
            return bytes.count
        case .json: return feedJSON(bytes, handle)
        case .lines:
            if !hasChoice { keepFront(bytes) }
            return feedLines(bytes, handle)
        }
    }

    /// What a body is that begins so; a byte order mark and white space tell nothing.
    private static func form(_ bytes: Span<UInt8>) -> Form {
        for index in bytes.indices {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09, 0xEF, 0xBB, 0xBF: continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): return .json
            default: return .lines
            }
        }
        return .unknown
    }

    private mutating func keepFront(_ bytes: Span<UInt8>) {
        let room = GenerationLimits.errorBytesMax - front.count
        front.append(bytes.extracting(..<min(bytes.count, room)))
    }

    private mutating func feedLines(
        _ bytes: Span<UInt8>, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Int {
        var parser = EventStreamParser()
        swap(&parser, &events)
        defer { swap(&parser, &events) }
        do throws(EventStreamError) {
            return try parser.feed(bytes) { event in take(event, handle) }
        } catch {
            fail(ServerFailure(.tooLarge(HTTPLimits.eventBytesMax), status: status))
            return bytes.count
        }
    }

    private mutating func feedJSON(
        _ bytes: Span<UInt8>, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Int {
        if !values.isInValue, let end = takeWhole(bytes, handle) {
            if !hasChoice { keepFront(bytes.extracting(..<end)) }
            return end
        }
        var splitter = JSONSplitter()
        swap(&splitter, &values)
        defer { swap(&splitter, &values) }
        do {
            let end = try splitter.feed(bytes) { value in
                take(value, isEvent: false, handle)
            }
            if !hasChoice { keepFront(bytes.extracting(..<end)) }
            return end
        } catch {
            fail(ServerFailure(.tooLarge(GenerationLimits.wholeBytesMax), status: status))
            return bytes.count
        }
    }

    /// The body has ended, as announced or with its connection; or it broke off for a reason.
    package mutating func end(
        broken: ServerFailure? = nil, _ handle: (borrowing GenerationEvent) -> Bool
    ) {
        if form == .lines, !isOver {
            var parser = EventStreamParser()
            swap(&parser, &events)
            parser.finish { event in take(event, handle) }
            swap(&parser, &events)
        }
        if isOver { return }
        if form == .error {
            return fail(
                ServerFailure(status: status, retryAfter: retryAfter, body: front.span))
        }
        if isFinished { return complete(handle) }
        if let broken { return fail(broken) }
        if hasChoice {
            let page = events.words.isEmpty ? nil : ErrorBody(events.words.span).anyWords
            return fail(ServerFailure(.cut, status: status, words: page ?? stray))
        }
        fail(nothing())
    }

    /// Swaps what is passed on as it came with what is in `tokens`: lent to whoever writes it and
    /// taken back by a second swap, it is not copied. Nobody may ask for it in between.
    package mutating func swapTokens(_ tokens: inout CompleteResult.Tokens) {
        text.swapTexts(&tokens)
        swap(&report.details.modelInfo, &tokens.modelInfo)
        swap(&report.details.runtime, &tokens.runtime)
        // Quotes alone are no name.
        if max(report.details.servedBy.count, tokens.model.count) > 2 {
            swap(&report.details.servedBy, &tokens.model)
        }
    }

    /// Whether it comes in events, asked for or not.
    @inline(__always)
    package var isEventStream: Bool {
        if case .lines = form { true } else { false }
    }

    /// Whether the answer is complete.
    package var isDone: Bool {
        if case .done = phase { true } else { false }
    }

    // Looking at the phase copies what it may hold of a failure, in the middle of every event.

    /// Whether more is expected.
    package var isOpen: Bool {
        if case .open = phase { true } else { false }
    }

    private var isFinished: Bool {
        if case .finished = phase { true } else { false }
    }

    var isOver: Bool {
        switch phase {
        case .done, .failed: true
        case .open, .finished: false
        }
    }

    /// Hands out what was held back, such as half a letter: what a caller who stops here is owed.
    package mutating func flush(_ handle: (borrowing GenerationEvent) -> Bool) {
        if channels.areClear, think.isText, !text.calls.haveBegun { return }
        var parts = EventParts()
        channels.content.flush(to: &parts.channel)
        channels.reasoning.flush(to: &parts.reasoning)
        divide(&parts, isLast: true)
        channels.refusal.flush(to: &parts.refusal)
        text.calls.flush(to: &parts.toolCalls)
        _ = give(&parts, handle)
    }

    /// Why the answer ended, as callers are told; `cancelled` is not for a server to say.
    package var finishReason: FinishReason {
        if finish?.meaning == .length { return .length }
        return text.calls.isEmpty ? .stop : .toolCalls
    }

    /// The server's word for its end where nobody knows it.
    package var unknownFinish: String? {
        finish?.meaning == .unknown ? finish?.word : nil
    }
}
