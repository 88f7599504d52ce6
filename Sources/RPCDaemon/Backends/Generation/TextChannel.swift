import CrowdModelsProtocol

/// One kind of text of an answer, of which the server may cut a letter between two events: the
/// front is held back until its rest has come, and is U+FFFD where none comes.
struct TextChannel {
    private var held: LetterPiece?

    /// Whether nothing is held back.
    var isClear: Bool { held == nil }

    /// Appends the inside of a string token, which stands at `range` of the mended `text`, to the
    /// inside of another.
    mutating func pass(
        _ range: Range<Int>, of text: Span<UInt8>, _ flaws: [JSONMending.Flaw],
        to out: inout ByteBuffer
    ) {
        var range = range
        if range.isEmpty { return }
        if let front = held {
            let first = flaws.at(range.lowerBound)
            if let rest = first?.piece, front.append(joinedWith: rest, to: &out) {
                held = nil
                range = range.lowerBound + Self.flawBytes..<range.upperBound
            } else if let rest = first?.piece, range.count == Self.flawBytes,
                let longer = front.joined(with: rest), longer.isFront
            {
                held = longer
                return
            } else {
                flush(to: &out)
            }
        }
        let last = flaws.at(range.upperBound - Self.flawBytes)
        if let last, !range.isEmpty, last.piece.isFront {
            held = last.piece
            range = range.lowerBound..<range.upperBound - Self.flawBytes
        }
        out.append(text.extracting(range))
    }

    /// Gives up on what is held back.
    mutating func flush(to out: inout ByteBuffer) {
        if held == nil { return }
        held = nil
        out.append("\\ufffd")
    }

    /// `\ufffd`.
    private static let flawBytes = 6
}
