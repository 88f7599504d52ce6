import CrowdModelsProtocol
import Kernel

/// The body of one answer on its way to the delegate: unpacked where it was compressed, bounded,
/// and gathered where it is wanted whole. One a connection, begun anew for each answer.
final class AnswerBody {
    /// How often a gathered body is held for a moment: with the room that it has grown into (1.5
    /// times), as the text that is read of it (1), and as what is written of that, which grows the
    /// same way and by copying (2.5).
    private static let timesHeld = 5

    /// The body so far, where it is wanted whole and did not come in one piece.
    private var gathered = ByteBuffer()
    private let memory: MemoryAccount
    /// What the head of the answer says of it: asked for each piece.
    private var isSuccess = false
    private var encoding = HTTPResponseHead.Encoding.none
    private var length: Int?
    /// Bytes that `memory` counts for it.
    private var held = 0
    /// Bytes so far, unpacked.
    private var count = 0
    private var inflater: Inflater?
    /// Whether a byte of it has come.
    private(set) var hasBegun = false
    /// It was longer than is read of an answer without success, and ends there.
    private(set) var isCut = false

    init(_ memory: MemoryAccount) {
        self.memory = memory
    }

    deinit { memory.change(&held, to: 0) }

    /// Whether the bytes that come are compressed, so that few of them may become many.
    var isPacked: Bool { inflater != nil }

    /// Forgets the answer before.
    func begin() {
        count = 0
        hasBegun = false
        isCut = false
        inflater = nil
        gathered.removeAll(keeping: 0)
        memory.change(&held, to: 0)
    }

    /// The head has come; the body follows.
    func begin(_ head: HTTPResponseHead) {
        isSuccess = head.isSuccess
        encoding = head.encoding
        length = head.contentLength
    }

    /// Whether `piece` is the whole body, as it is, so that it need not be gathered.
    func isWhole(_ piece: Span<UInt8>, for exchange: Exchange) -> Bool {
        !hasBegun && exchange.request.delivery == .whole && isSuccess
            && encoding == .none && piece.count == length
            && piece.count <= exchange.request.answerBytesMax && !Self.isGzip(piece)
    }

    /// Takes the next piece of the body as it came. `isCut` afterwards says that it is enough.
    func take(_ piece: Span<UInt8>, for exchange: Exchange) throws(ExchangeError) {
        if !hasBegun, !piece.isEmpty {
            hasBegun = true
            try choose(piece)
        }
        guard let inflater else { return try keep(piece, exchange) }
        var failure: ExchangeError?
        do throws(Errno) {
            try inflater.feed(piece) { unpacked in
                do throws(ExchangeError) {
                    try keep(unpacked, exchange)
                } catch {
                    failure = error
                }
                return failure == nil && !isCut && !exchange.isOver
            }
        } catch {
            throw .encoding(encoding.name)
        }
        if let failure { throw failure }
    }

    /// Nobody hears the rest, which is counted from here.
    func concluded() {
        count = 0
    }

    var hasGathered: Bool { !gathered.isEmpty }

    /// What was gathered, which is then the caller's.
    func takeGathered() -> ByteBuffer {
        var taken = ByteBuffer()
        swap(&taken, &gathered)
        memory.change(&held, to: 0)
        return taken
    }

    /// Whether the body is what the head says it is, judged by how it begins.
    private func choose(_ piece: Span<UInt8>) throws(ExchangeError) {
        let first = piece[0]
        let isRaw: Bool
        switch encoding {
        case .none, .gzip:
            // No text that a model server sends begins like this, announced or not.
            guard Self.isGzip(piece) else { return }
            isRaw = false
        case .deflate:
            // Meant as zlib, and sent by some without its head, which never looks like JSON's or
            // an event's first letter.
            if "{[ \n\r\tdei:\"".utf8.contains(first) { return }
            isRaw = first & 0x0F != 8
        case .other(let name):
            // A status says enough; and nothing is read of what nobody can read.
            if isSuccess { throw .encoding(name) }
            isCut = true
            return
        }
        do throws(Errno) {
            inflater = try Inflater(isRaw: isRaw)
        } catch {
            throw .encoding(encoding.name)
        }
        try hold(0)
    }

    private static func isGzip(_ piece: Span<UInt8>) -> Bool {
        !piece.isEmpty && piece[0] == 0x1F && (piece.count == 1 || piece[1] == 0x8B)
    }

    private func keep(_ piece: Span<UInt8>, _ exchange: Exchange) throws(ExchangeError) {
        guard !isCut, !exchange.isOver else { return }
        var piece = piece
        if !isSuccess, count + piece.count >= exchange.request.errorBytesMax {
            piece = piece.extracting(first: exchange.request.errorBytesMax - count)
            isCut = true
        }
        count += piece.count
        if exchange.isConcluded {
            if count > HTTPLimits.lingerBytesMax { isCut = true }
            return
        }
        if exchange.request.delivery == .pieces {
            if !piece.isEmpty { exchange.delegate?.exchange(exchange, received: piece) }
            return
        }
        if count > exchange.request.answerBytesMax {
            throw .answerTooLarge(max: exchange.request.answerBytesMax)
        }
        try hold(gathered.count + piece.count)
        gathered.append(piece)
    }

    /// Counts a body of so many bytes and what unpacks it; gives it up where that is too much.
    private func hold(_ gathered: Int) throws(ExchangeError) {
        let bytes = Self.timesHeld * gathered + (inflater == nil ? 0 : Inflater.bytesOwned)
        if memory.held - held + bytes > memory.max { throw .crowdedOut(max: memory.max) }
        memory.change(&held, to: bytes)
    }
}
