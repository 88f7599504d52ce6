import CrowdModelsProtocol
import HTTP

/// What comes of a body: events, values, errors, the end.
extension Generation {
    mutating func fail(_ failure: ServerFailure) {
        phase = .failed(failure)
    }

    mutating func complete(_ handle: (borrowing GenerationEvent) -> Bool) {
        if finish?.meaning == .failure, let word = finish?.word {
            return fail(
                ServerFailure(
                    .refused, status: status, words: "the server ended it with \"\(word)\""))
        }
        guard hasChoice else { return fail(nothing()) }
        flush(handle)
        if !isOver { phase = .done }
    }

    /// Why a success holds no answer: what it says instead, if anything.
    func nothing() -> ServerFailure {
        if values.isInValue { return ServerFailure(.cut, status: status) }
        if let stray { return ServerFailure(.refused, status: status, words: stray) }
        if !front.isEmpty {
            let body = ErrorBody(front.span)
            if body.words != nil || body.sentence != nil {
                return ServerFailure(status: status, retryAfter: retryAfter, body)
            }
        }
        return ServerFailure(.empty, status: status)
    }

    mutating func take(
        _ event: borrowing EventStreamEvent, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        if event.kind == .progress { return takeProgress(event.data, handle) }
        let data = Self.withoutField(event.data)
        if Self.isDone(data) {
            complete(handle)
            return false
        }
        if event.kind == .error, isOpen {
            fail(ServerFailure(status: status, retryAfter: retryAfter, body: data))
            return false
        }
        return take(data, isEvent: true, handle)
    }

    /// Whether it is `[DONE]`, with spaces around it or as a string.
    private static func isDone(_ data: Span<UInt8>) -> Bool {
        var start = JSONText.skippingSpace(data)
        let isQuoted = start < data.count && data[start] == UInt8(ascii: "\"")
        if isQuoted { start += 1 }
        guard data.count - start >= 6, data[start] == UInt8(ascii: "["),
            data[start + 1] == UInt8(ascii: "D"), data[start + 5] == UInt8(ascii: "]")
        else { return false }
        return JSONText.skippingSpace(data, from: start + (isQuoted ? 7 : 6)) >= data.count
    }

    /// What stands behind a `data:` that some proxy has put before the server's own.
    @_lifetime(copy data)
    private static func withoutField(_ data: Span<UInt8>) -> Span<UInt8> {
        guard data.count > 5, data[0] == UInt8(ascii: "d"), data[4] == UInt8(ascii: ":"),
            data[1] == UInt8(ascii: "a"), data[2] == UInt8(ascii: "t"),
            data[3] == UInt8(ascii: "a")
        else { return data }
        return data.extracting(JSONText.skippingSpace(data, from: 5)...)
    }

    /// Takes the data of one event or one value of the body: usually one object, sometimes several.
    mutating func take(
        _ data: Span<UInt8>, isEvent: Bool, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        var at = JSONText.skippingSpace(data)
        if at == data.count { return true }
        if data[at] == UInt8(ascii: "[") {
            if Self.isDone(data) {
                complete(handle)
                return false
            }
            return takeList(data, isEvent: isEvent, handle)
        }
        guard data[at] == UInt8(ascii: "{") else {
            takeStray(data)
            return true
        }
        if isEvent, let template, template.takes(data) { return takeLike(template, data, handle) }
        var goesOn = true
        var count = 0
        while at < data.count, data[at] == UInt8(ascii: "{"), !isOver {
            count += 1
            if count > GenerationLimits.eventObjectsMax { return failTooMany() }
            var frame = AnswerFrame()
            let start = at
            do throws(JSONError) {
                at = try frame.read(data, from: start)
            } catch {
                return takeMended(data.extracting(start...), isEvent: isEvent, handle)
            }
            if isEvent, at == data.count { learn(data, frame) }
            goesOn = take(frame, data, from: start, [], isEvent: isEvent, handle) && goesOn
            at = JSONText.skippingSpace(data, from: at)
        }
        return goesOn && !isOver
    }

    /// Takes an event that says what the one before said, with another text: beside it there is
    /// nothing but who served.
    private mutating func takeLike(
        _ template: EventTemplate, _ data: Span<UInt8>,
        _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        report.read(servedBy: template.frame.model, of: data)
        hasChoice = true
        return takeMessage(template.frame, data, [], isEvent: true, handle) && !isOver
    }

    private mutating func learn(_ event: Span<UInt8>, _ frame: AnswerFrame) {
        let template = template ?? EventTemplate()
        self.template = template
        template.learn(event, frame)
    }

    /// Takes a piece that is one whole object, as most answers come: read where it is, in one pass.
    /// Answers how many bytes were read; nil for any other piece, of which nothing was taken.
    mutating func takeWhole(
        _ bytes: Span<UInt8>, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Int? {
        let start = JSONText.skippingSpace(bytes)
        guard start < bytes.count, bytes[start] == UInt8(ascii: "{") else { return nil }
        if let (frame, end) = shape?.read(bytes, from: start),
            JSONText.skippingSpace(bytes, from: end) == bytes.count
        {
            let goesOn = take(frame, bytes, from: start, [], isEvent: false, handle)
            return goesOn ? bytes.count : end
        }
        var frame = AnswerFrame()
        guard let end = try? frame.read(bytes, from: start),
            JSONText.skippingSpace(bytes, from: end) == bytes.count
        else { return nil }
        let goesOn = take(frame, bytes, from: start, [], isEvent: false, handle)
        shape?.learn(bytes, start..<end, frame, report.details)
        return goesOn ? bytes.count : end
    }

    /// Takes an object that is not strict JSON, or none.
    private mutating func takeMended(
        _ data: Span<UInt8>, isEvent: Bool, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        var mended = JSONMending(room: data.count)
        while !mended.resume(data, bytes: GenerationLimits.errorBytesMax) {
            // A control character takes six bytes when it is escaped.
            if mended.text.count > GenerationLimits.wholeBytesMax {
                fail(ServerFailure(.tooLarge(GenerationLimits.wholeBytesMax), status: status))
                return false
            }
        }
        var frame = AnswerFrame()
        do throws(JSONError) {
            _ = try frame.read(mended.text.span, from: 0)
        } catch {
            // A frame that was cut, or spliced with another's, took text with it.
            if isOpen {
                fail(
                    ServerFailure(
                        .unreadable, status: status,
                        words: "an event that is no JSON: "
                            + error.message))
            }
            return false
        }
        return take(frame, mended.text.span, from: 0, mended.flaws, isEvent: isEvent, handle)
    }

    /// Takes an array: of chunks, or of errors, as some services send them.
    private mutating func takeList(
        _ data: Span<UInt8>, isEvent: Bool, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        var reader = JSONElementReader(from: JSONText.skippingSpace(data))
        var isAnswer = false
        var goesOn = true
        var count = 0
        while !isOver, let element = (try? reader.next(in: data)) ?? nil {
            guard data[Int(element.start)] == UInt8(ascii: "{") else { break }
            var frame = AnswerFrame()
            guard (try? frame.read(data, from: Int(element.start))) != nil else { break }
            isAnswer = isAnswer || frame.hasChoice
            if !isAnswer { break }
            count += 1
            if count > GenerationLimits.eventObjectsMax { return failTooMany() }
            goesOn =
                take(
                    frame, data.extracting(..<Int(element.end)), from: Int(element.start), [],
                    isEvent: isEvent, handle) && goesOn
        }
        if isAnswer { return goesOn && !isOver }
        guard isOpen else { return true }
        let body = ErrorBody(data)
        if body.words == nil { return true }
        fail(ServerFailure(status: status, retryAfter: retryAfter, body))
        return false
    }

    private mutating func failTooMany() -> Bool {
        fail(
            ServerFailure(
                .unreadable, status: status,
                words: "over \(GenerationLimits.eventObjectsMax) objects in one event"))
        return false
    }

    /// Of several the first tells why there is no answer, and after text the last why it ended.
    private mutating func takeStray(_ data: Span<UInt8>) {
        if stray == nil || hasChoice { stray = ErrorBody(data).words ?? stray }
    }

    /// Takes one object; false where nothing more is to be read of what is at hand.
    private mutating func take(
        _ frame: AnswerFrame, _ data: Span<UInt8>, from start: Int, _ flaws: [JSONMending.Flaw],
        isEvent: Bool, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        if frame.isError || frame.hasWords && !frame.hasChoice {
            if isOpen || finish?.meaning == .failure {
                fail(
                    ServerFailure(
                        status: status, retryAfter: retryAfter,
                        body: data.extracting(start...)))
            }
            return false
        }
        report.read(frame, data, from: start, like: isEvent ? nil : shape)
        if frame.promptProgress.isPresent, deltas == 0 {
            return takeProgress(data, frame.promptProgress, handle)
        }
        switch frame.native.kind {
        case .load, .prompt: return takeNativeProgress(frame.native, data, handle)
        case .end: takeNativeEnd(frame.native, data)
        case .none, .start, .reasoning, .message: break
        }
        guard frame.hasChoice else { return true }
        hasChoice = true
        let goesOn = takeMessage(frame, data, flaws, isEvent: isEvent, handle)
        if frame.finishReason.isPresent,
            let word = FinishWord(data.extracting(frame.finishReason.bounds))
        {
            // Of several, length wins, else the first.
            if finish == nil || word.meaning == .length { finish = word }
        }
        if isOpen, finish != nil || frame.isDone || frame.isWhole && !isEvent {
            phase = .finished
        }
        return goesOn && !isOver
    }

    /// Takes `512/4096`, tokens that are read and all of them.
    private func takeProgress(
        _ text: Span<UInt8>, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        var slash = 0
        while slash < text.count, text[slash] != UInt8(ascii: "/") { slash += 1 }
        guard deltas == 0, slash < text.count,
            let processed = JSONText.integer(text.extracting(..<slash)), processed >= 0,
            let total = JSONText.integer(text.extracting((slash + 1)...)), total > 0
        else { return true }
        return handle(GenerationEvent(promptProgress: min(1, Double(processed) / Double(total))))
    }

    private func takeProgress(
        _ data: Span<UInt8>, _ range: JSONRange, _ handle: (borrowing GenerationEvent) -> Bool
    ) -> Bool {
        var total: Int?
        var processed: Int?
        GenerationReport.readMembers(data, from: range) { name, value in
            if name.reads("total") { total = GenerationReport.count(value) }
            if name.reads("processed") { processed = GenerationReport.count(value) }
        }
        guard let total, let processed, total > 0 else { return true }
        return handle(GenerationEvent(promptProgress: min(1, Double(processed) / Double(total))))
    }
}
