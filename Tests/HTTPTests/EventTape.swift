import CrowdModelsProtocol
import HTTP

/// What an event stream's parser said of a body.
struct EventTape: Equatable {
    struct Event: Equatable, CustomStringConvertible {
        var kind: EventStreamEvent.Kind
        var name = ""
        var data: String
        var description: String { "\(kind) \(name) \(data.prefix(80).debugDescription)" }
    }
    var events: [Event] = []
    var error: EventStreamError?

    init(pieces: [ArraySlice<UInt8>]) {
        var parser = EventStreamParser()
        var heard: [Event] = []
        do throws(EventStreamError) {
            for piece in pieces {
                let bytes = Array(piece)
                let read = try parser.feed(bytes.span) { event in
                    heard.append(Event(event))
                    return true
                }
                precondition(read == bytes.count)
            }
        } catch {
            self.error = error
        }
        parser.finish { event in
            heard.append(Event(event))
            return true
        }
        events = heard
    }

    init(_ bytes: [UInt8], piece: Int = .max) {
        let size = min(piece, max(bytes.count, 1))
        self.init(
            pieces: stride(from: 0, to: bytes.count, by: size).map {
                bytes[$0..<min($0 + size, bytes.count)]
            })
    }

    /// The tape of `bytes` if it is the same in every cut, else nil.
    static func everyWay(_ bytes: [UInt8]) -> EventTape? {
        let whole = EventTape(bytes)
        return everyCut(bytes).allSatisfy { EventTape(pieces: $0) == whole } ? whole : nil
    }
}

extension EventTape.Event {
    init(_ event: borrowing EventStreamEvent) {
        kind = event.kind
        name = ByteBuffer(event.name).text
        data = ByteBuffer(event.data).text
    }
}
