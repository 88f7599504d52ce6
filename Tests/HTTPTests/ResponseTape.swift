import CrowdModelsProtocol
import HTTP

/// What a parser said of one answer, however its bytes were cut.
struct ResponseTape: Equatable {
    var head: HTTPResponseHead?
    var body = ""
    var hasEnded = false
    var error: HTTPParseError?
    /// Bytes after the answer's end.
    var rest = ""
}

/// Feeds `pieces` to a new parser as a connection would: unread bytes stay in a buffer.
/// `first`: the answer that the connection brought before.
func play(
    _ pieces: [ArraySlice<UInt8>], closed: Bool = true, answersHEAD: Bool = false,
    after first: String = ""
) -> ResponseTape {
    var parser = HTTPResponseParser(answersHEAD: answersHEAD)
    if !first.isEmpty {
        _ = play([Array(first.utf8)[...]], to: &parser, closed: true)
        parser.beginNext()
    }
    return play(pieces, to: &parser, closed: closed)
}

private func play(
    _ pieces: [ArraySlice<UInt8>], to parser: inout HTTPResponseParser, closed: Bool
) -> ResponseTape {
    var buffer = ByteBuffer()
    var body: [UInt8] = []
    var tape = ResponseTape()
    var left = pieces[...]
    func finish() -> ResponseTape {
        tape.body = String(decoding: body, as: UTF8.self)
        tape.rest = buffer.text
        for piece in left { tape.rest += String(decoding: piece, as: UTF8.self) }
        return tape
    }
    while true {
        let step: HTTPResponseParser.Step
        do throws(HTTPParseError) {
            step = try parser.next(buffer.span, ended: closed && left.isEmpty)
        } catch {
            tape.error = error
            left = []
            buffer.removeAll()
            return finish()
        }
        switch step {
        case .head: tape.head = parser.head
        case .body(let range, _):
            for at in range { body.append(buffer.span[at]) }
        case .end: tape.hasEnded = true
        case .needMore: break
        }
        buffer.consume(step.consumed)
        if tape.hasEnded { return finish() }
        if case .needMore = step {
            guard let piece = left.popFirst() else { return finish() }
            for byte in piece { buffer.append(byte) }
        }
    }
}

/// Every way to cut `bytes` that tests use: whole, in two at each point, and byte by byte.
func everyCut(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
    var cuts: [[ArraySlice<UInt8>]] = [[bytes[...]], bytes.indices.map { bytes[$0...$0] }]
    for at in bytes.indices { cuts.append([bytes[..<at], bytes[at...]]) }
    return cuts
}

/// Plays `text` in every cut, and answers the tape if all are the same, else nil.
func playEveryWay(
    _ text: String, closed: Bool = true, answersHEAD: Bool = false
) -> ResponseTape? {
    let bytes = Array(text.utf8)
    let whole = play([bytes[...]], closed: closed, answersHEAD: answersHEAD)
    for pieces in everyCut(bytes) {
        let tape = play(pieces, closed: closed, answersHEAD: answersHEAD)
        if tape != whole { return nil }
    }
    return whole
}
