import CrowdModelsProtocol
import TestSupport
import Testing

/// A request of a program that nobody here wrote, as it stood on the wire, and what it means.
struct ClientCapture: CustomTestStringConvertible {
    /// `package/version/case`.
    let name: String
    let bytes: [UInt8]

    var testDescription: String { name }

    /// Those that Tests/scripts recorded: HTTP, and lines of the Model Context Protocol.
    static let all = CaptureFiles.paths(below: "clients").compactMap { path -> ClientCapture? in
        guard path.hasSuffix(".request"), let bytes = CaptureFiles.read(path) else { return nil }
        return ClientCapture(name: String(path.dropLast(".request".count)), bytes: bytes)
    }

    var isLine: Bool { bytes.first == UInt8(ascii: "{") }

    /// Holds what came of it against what is written down beside it, or writes that anew.
    func expect(_ outcome: String) {
        let path = name + ".means"
        if CaptureFiles.areUpdated { CaptureFiles.write(outcome, to: path) }
        let expected = CaptureFiles.read(path).map { String(decoding: $0, as: UTF8.self) }
        #expect(outcome == expected, "$UPDATE_CAPTURES writes it anew")
    }
}

/// What the packages of each API really send is understood, wherever it is cut.
@Suite(.tidy) struct ClientCaptureTests {
    @Test func `the packages of five APIs are among them`() {
        let packages = Set(ClientCapture.all.map { $0.name.split(separator: "/")[1] })
        #expect(
            packages == ["anthropic", "langchain-openai", "litellm", "mcp", "ollama", "openai"])
    }

    @Test(arguments: ClientCapture.all.filter { !$0.isLine })
    func `a request means what is written beside it`(capture: ClientCapture) throws {
        let hall = try MutationTests.hall()
        let outcome = MutationTests.play([capture.bytes[...]], at: hall)
        #expect(outcome.statuses.count == 1 && outcome.isClosed)
        capture.expect(
            "\(outcome.statuses.first ?? 0)\n" + outcome.asked.joined(separator: "\n") + "\n")
        let bytes = capture.bytes
        #expect(MutationTests.play(bytes.indices.map { bytes[$0...$0] }, at: hall) == outcome)
        var random = SeededGenerator(state: 7)
        for _ in 0..<40 {
            #expect(MutationTests.play(random.pieces(of: bytes), at: hall) == outcome)
            // Damaged, it is answered or let go, the same however it is cut.
            let mutant = random.mutant(of: bytes)
            let damaged = MutationTests.play([mutant[...]], at: hall)
            #expect(damaged.isClosed)
            #expect(MutationTests.play(random.pieces(of: mutant), at: hall) == damaged)
        }
    }

    @Test(arguments: ClientCapture.all.filter(\.isLine))
    func `a line means what is written beside it`(capture: ClientCapture) throws {
        let hall = try MutationTests.hall()
        func outcome(_ pieces: [ArraySlice<UInt8>]) -> String {
            let before = hall.service.asked.count
            let client = hall.enter()
            for piece in pieces { client.send(piece) }
            client.endInput()
            let answer = (client.read() ?? "").prefix { $0 != "\n" }
            let asked = hall.service.asked[before...].map { call in
                let params = call.params.sorted { $0.key < $1.key }
                return "\(call.method.name) \(params.map { "\($0.key)=\($0.value)" })"
            }
            return "\(answer)\n\(asked.joined(separator: "\n"))\n"
        }
        let whole = outcome([capture.bytes[...]])
        capture.expect(whole)
        #expect(outcome(capture.bytes.indices.map { capture.bytes[$0...$0] }) == whole)
    }
}
