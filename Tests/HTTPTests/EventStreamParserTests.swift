import CrowdModelsProtocol
import HTTP
import Testing

/// A body, and the events in it.
struct StreamSample: CustomTestStringConvertible {
    var name: String
    var text: String
    var events: [EventTape.Event]
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ events: EventTape.Event...) {
        self.name = name
        self.text = text
        self.events = events
    }
}

let streamSamples: [StreamSample] = [
    .init(
        "two events and the end", "data: {\"a\":1}\n\ndata: {\"b\":2}\n\ndata: [DONE]\n\n",
        .init(kind: .message, data: "{\"a\":1}"), .init(kind: .message, data: "{\"b\":2}"),
        .init(kind: .done, data: "[DONE]")),
    .init(
        "carriage returns and line feeds", "data: a\r\n\r\ndata: b\r\n\r\n",
        .init(kind: .message, data: "a"), .init(kind: .message, data: "b")),
    .init(
        "carriage returns alone", "data: a\r\rdata: b\r\r", .init(kind: .message, data: "a"),
        .init(kind: .message, data: "b")),
    .init(
        "all line ends mixed", "data: a\r\n\ndata: b\n\r\ndata: c\r\r\n\rdata: d\n\r",
        .init(kind: .message, data: "a"), .init(kind: .message, data: "b"),
        .init(kind: .message, data: "c"), .init(kind: .message, data: "d")),
    .init(
        "one space is dropped, or none", "data:a\n\ndata:  b \n\ndata:\tc\n\n",
        .init(kind: .message, data: "a"), .init(kind: .message, data: " b "),
        .init(kind: .message, data: "\tc")),
    .init(
        "data in several lines", "data: a\ndata:\ndata: b\ndata\n\ndata: c\n\n",
        .init(kind: .message, data: "a\n\nb\n"), .init(kind: .message, data: "c")),
    .init(
        "a comment between the lines",
        ": OPENROUTER PROCESSING\n\ndata: a\n:\ndata: b\n: x\n\n:\n\n",
        .init(kind: .message, data: "a\nb")),
    .init(
        "fields that nobody heeds",
        "id: 1\nretry: 5\nfoo\ndat: x\ndatax: y\neven: z\neventx: z\n"
            + "Data: n\n data: n\ndata a\ndata: v\n\n", .init(kind: .message, data: "v")),
    .init(
        "named events",
        "event: error\ndata: {\"error\":1}\n\ndata: a\nevent:chat.start\n\nevent: message\ndata: b\n\n"
            + "event: x\nevent\ndata: c\n\n",
        .init(kind: .error, name: "error", data: "{\"error\":1}"),
        .init(kind: .other, name: "chat.start", data: "a"), .init(kind: .message, data: "b"),
        .init(kind: .message, data: "c")),
    .init(
        "a name without data is forgotten", "event: error\n\ndata: a\n\n",
        .init(kind: .message, data: "a")),
    .init(
        "the end of a named event is no end", "event: x\ndata: [DONE]\n\n",
        .init(kind: .other, name: "x", data: "[DONE]")),
    .init(
        "what only resembles the end", "data: [DONE] \n\ndata: [DONE\n\ndata: [done]\n\n",
        .init(kind: .message, data: "[DONE] "), .init(kind: .message, data: "[DONE"),
        .init(kind: .message, data: "[done]")),
    .init(
        "empty data is an event", "data\n\ndata:\n\ndata: \n\n", .init(kind: .message, data: ""),
        .init(kind: .message, data: ""), .init(kind: .message, data: "")),
    .init(
        "a last event without its empty line", "data: a\n\nevent: error\ndata: b\n",
        .init(kind: .message, data: "a"), .init(kind: .error, name: "error", data: "b")),
    .init(
        "a last line without its end", "data: a\ndata: {\"cut\":",
        .init(kind: .message, data: "a\n{\"cut\":")),
    .init("an end without its line end", "data: [DONE]", .init(kind: .done, data: "[DONE]")),
    .init("a cut name of a field", "data: a\n\ndat", .init(kind: .message, data: "a")),
    .init("nothing", ""),
    .init("line ends alone", "\n\r\n\r\r\n\n"),
    .init("a comment alone", ": nothing here"),
    .init(
        "characters of many bytes", "data: žluťoučký 🐎 漢字\n\ndata: 🐎\n\n",
        .init(kind: .message, data: "žluťoučký 🐎 漢字"), .init(kind: .message, data: "🐎")),
    .init(
        "tabs, which are no line ends", "data: a\tb\t\tc\u{b}d\n\n",
        .init(kind: .message, data: "a\tb\t\tc\u{b}d")),
    .init(
        "a spliced frame is one event", "data: {\"a\":1,\"logprodata: {\"b\":2}\n\n",
        .init(kind: .message, data: "{\"a\":1,\"logprodata: {\"b\":2}")),
]

struct EventStreamParserTests {
    @Test(arguments: streamSamples)
    func `a stream is read the same however it is cut`(sample: StreamSample) throws {
        let tape = try #require(EventTape.everyWay(Array(sample.text.utf8)))
        #expect(tape.error == nil)
        #expect(tape.events == sample.events)
    }

    @Test func `a byte order mark is dropped at the start alone`() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let tape = try #require(
            EventTape.everyWay(mark + bytes("data: a\n\n") + mark + bytes("data: b\n\n")))
        #expect(tape.events.map(\.data) == ["a"])
        let partial = try #require(EventTape.everyWay(mark[..<2] + bytes("data: a\n\ndata: b\n\n")))
        #expect(partial.events.map(\.data) == ["b"])
    }

    @Test func `bytes that are no text come through as they are`() throws {
        var parser = EventStreamParser()
        let input: [UInt8] = bytes("data: ") + [0xFF, 0x00, 0xC3] + bytes("\n\n")
        var heard: [UInt8] = []
        try parser.feed(input.span) { event in
            for at in event.data.indices { heard.append(event.data[at]) }
            return true
        }
        #expect(heard == [0xFF, 0x00, 0xC3])
    }

    @Test func `a reader that has enough gets no more, and the rest can be fed later`() throws {
        let input = bytes("data: a\n\ndata: b\n\ndata: c\n\n")
        var parser = EventStreamParser()
        var heard: [String] = []
        let read = try parser.feed(input.span) { event in
            heard.append(ByteBuffer(event.data).text)
            return heard.count < 2
        }
        #expect(heard == ["a", "b"])
        #expect(read == 18)
        try parser.feed(input.span.extracting(read..<input.count)) { event in
            heard.append(ByteBuffer(event.data).text)
            return true
        }
        #expect(heard == ["a", "b", "c"])
    }

    @Test func `a whole event is a part of the piece and not a copy`() throws {
        let input = bytes("data: a\n\nevent: x\ndata: b\n\n")
        var parser = EventStreamParser()
        var isInside: [Bool] = []
        try input.withUnsafeBufferPointer { memory in
            let range =
                UInt(
                    bitPattern: memory.baseAddress!)..<UInt(
                    bitPattern: memory.baseAddress! + memory.count)
            _ = try parser.feed(Span(_unsafeElements: memory)) { event in
                event.data.withUnsafeBufferPointer { data in
                    isInside.append(range.contains(UInt(bitPattern: data.baseAddress)))
                }
                return true
            }
        }
        #expect(isInside == [true, true])
    }

    @Test(arguments: [
        (": keepalive 1/4\n\n: keepalive 4/4\n\ndata: a\n\n", ["1/4", "4/4", "a"]),
        (": keepalive 1/4\ndata: a\n\n", ["a"]), ("data: a\n: keepalive 1/4\n\n", ["a"]),
        (": keepalive 1/4\r\n: keepalive 2/4\r\n\r\n", ["1/4"]), (": keepalive\n\n", []),
        (": OPENROUTER PROCESSING\n\ndata: a\n\n", ["a"]),
    ])
    func `who asks for it hears how far the reading of the prompt is`(
        text: String, data: [String]
    ) throws {
        let input = bytes(text)
        for cut in 0...input.count {
            var parser = EventStreamParser(hearsProgress: true)
            var heard: [EventTape.Event] = []
            for piece in [input[..<cut], input[cut...]] {
                _ = try parser.feed(Array(piece).span) { event in
                    heard.append(EventTape.Event(event))
                    return true
                }
            }
            #expect(heard.map(\.data) == data, "cut at \(cut)")
            #expect(heard.allSatisfy { ($0.kind == .progress) == $0.data.contains("/") })
        }
        #expect(EventTape.everyWay(input)?.events.map(\.data) == data.filter { !$0.contains("/") })
    }

    @Test func `after an event too large the stream stays refused`() {
        let tooLarge = bytes("x", times: HTTPLimits.eventBytesMax + 1)
        let more = bytes("\ndata: a\n\n")
        var parser = EventStreamParser()
        var events = 0
        for input in [tooLarge, more] {
            #expect(throws: EventStreamError.eventTooLarge) {
                try parser.feed(input.span) { _ in
                    events += 1
                    return true
                }
            }
        }
        parser.finish { _ in
            events += 1
            return true
        }
        #expect(events == 0)
    }

    @Test(arguments: [0, 1, 9, 11, 12, 14, 31, 127, 128, 255, 10, 13] as [UInt8])
    func `a line ends where its end is, at any place of a line of any length`(byte: UInt8) throws {
        for length in 1...72 {
            for place in 0..<length {
                var input = bytes("data:") + bytes("x", times: length) + bytes("\n\n")
                input[5 + place] = byte
                var parser = EventStreamParser()
                var counts: [Int] = []
                try parser.feed(input.span) { event in
                    counts.append(event.data.count)
                    return true
                }
                #expect(counts == [byte == 10 || byte == 13 ? place : length])
            }
        }
    }
}
