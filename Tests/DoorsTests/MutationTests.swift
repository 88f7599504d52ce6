import CrowdModelsProtocol
import TestSupport
import Testing

@testable import Doors

/// Every API's requests through a door, cut, split and damaged: parser, table of paths and tongues
/// at once.
@Suite(.tidy) struct MutationTests {
    /// What came of the bytes of one connection.
    struct Outcome: Equatable {
        var statuses: [Int] = []
        var isClosed = false
        /// What the daemon was asked, and with which parameters.
        var asked: [String] = []
    }

    /// A hall whose service answers everything at once.
    static func hall() throws -> Hall {
        let hall = try Hall()
        for method in Method.all { hall.service.answers[method] = "{}" }
        hall.service.answers[.complete] = FakeJob.result
        return hall
    }

    /// Sends the pieces on a connection of their own and then no more; all answers are read.
    static func play(_ pieces: [ArraySlice<UInt8>], at hall: Hall) -> Outcome {
        let before = hall.service.asked.count
        let client = hall.enterByTCP()
        for piece in pieces { client.send(piece) }
        client.endInput()
        var text = ""
        var outcome = Outcome()
        // An answer is a few kilobytes, and a handful of requests fit into a sample. What is sent
        // may be some moments on its way, if only on this machine.
        for _ in 0..<2000 {
            guard let more = client.read(most: 1 << 16) else {
                outcome.isClosed = true
                break
            }
            text += more
            if more.isEmpty { client.waitForMore(milliseconds: 1) }
        }
        #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 "), "\(text.prefix(80))")
        outcome.statuses = text.split(separator: "HTTP/1.1 ").compactMap { Int($0.prefix(3)) }
        outcome.asked = hall.service.asked[before...].map { call in
            for (name, value) in call.params {
                let isJSON = (try? JSONText.validate(Array(value.utf8).span)) != nil
                #expect(isJSON, "`\(name)` of \(call.method.name) is no JSON: \(value)")
            }
            let params = call.params.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return "\(call.method.name) \(params.joined(separator: " "))"
        }
        return outcome
    }

    private static func whole(_ text: String) -> [ArraySlice<UInt8>] { [Array(text.utf8)[...]] }

    @Test(arguments: Captures.all)
    func `a request means the same wherever it is cut`(request: Captures.Request) throws {
        let hall = try Self.hall()
        let expected = Self.play(Self.whole(request.text()), at: hall)
        #expect(expected.statuses == [200] && expected.isClosed && expected.asked.count == 1)
        let bytes = Array(request.text().utf8)
        for cut in 1..<bytes.count {
            #expect(Self.play([bytes[..<cut], bytes[cut...]], at: hall) == expected, "at \(cut)")
        }
        #expect(Self.play(bytes.indices.map { bytes[$0...$0] }, at: hall) == expected)
        for size in [1, 2, 3, 7, 50] {
            let chunks = Self.whole(request.text(chunk: size))
            #expect(Self.play(chunks, at: hall) == expected, "chunks of \(size)")
        }
    }

    @Test(arguments: Captures.all)
    func `one that is cut off asks for nothing`(request: Captures.Request) throws {
        let hall = try Self.hall()
        let bytes = Array(request.text().utf8)
        for end in bytes.indices {
            let outcome = Self.play([bytes[..<end]], at: hall)
            #expect(outcome.asked.isEmpty && outcome.isClosed, "after \(end)")
        }
    }

    /// The same request in other clothes.
    private static func harmless(
        _ request: Captures.Request, _ random: inout SeededGenerator
    ) -> String {
        var request = request
        var chunk: Int?
        var fields: [String] = []
        switch Int.random(in: 0..<7, using: &random) {
        case 0: fields = ["X-Whatever: \(random.next())"]
        case 1:
            request.fields = request.fields.map { field in
                let colon = field.firstIndex(of: ":") ?? field.endIndex
                return field[..<colon].uppercased() + field[colon...]
            }
        case 2: chunk = Int.random(in: 1...99, using: &random)
        case 3:
            request = Captures.Request(
                path: "/v1" + request.path, body: request.body, fields: request.fields)
        case 4:
            request = Captures.Request(
                path: request.path, body: "\r\n \t" + request.body + "\n ", fields: request.fields)
        case 5:
            fields = ["Connection: keep-alive", "Accept: */*", "Cookie: a=b"]
        default:
            request.fields = request.fields.map { $0 + " \t" }
        }
        return request.text(chunk: chunk, fields: fields)
    }

    @Test(arguments: [21, 22] as [UInt64])
    func `what does no harm to a request changes nothing`(seed: UInt64) throws {
        let hall = try Self.hall()
        var random = SeededGenerator(state: seed)
        for request in Captures.all {
            let expected = Self.play(Self.whole(request.text()), at: hall)
            for _ in 0..<40 {
                let text = Self.harmless(request, &random)
                let pieces = random.pieces(of: Array(text.utf8))
                #expect(Self.play(pieces, at: hall) == expected, "\(text)")
            }
        }
    }

    @Test(arguments: [31, 32, 33, 34, 35, 36, 37, 38] as [UInt64])
    func `a damaged request is answered or let go, the same however it is cut`(
        seed: UInt64
    ) throws {
        let hall = try Self.hall()
        var random = SeededGenerator(state: seed)
        var refused = 0
        for round in 0..<1250 {
            let request = Captures.all[round % Captures.all.count]
            let isChunked = round % 3 == 0
            let text = request.text(chunk: isChunked ? 60 : nil)
            let mutant = random.mutant(of: Array(text.utf8))
            let outcome = Self.play([mutant[...]], at: hall)
            let shown = String(decoding: mutant, as: UTF8.self).debugDescription
            #expect(outcome.isClosed, "\(shown)")
            #expect(Self.play(random.pieces(of: mutant), at: hall) == outcome, "\(shown)")
            if outcome.statuses.contains(where: { $0 >= 400 }) { refused += 1 }
        }
        #expect(refused > 100)
    }
}
