import Backends
import Testing

@testable import Requests

@Suite struct CompletionResultTests {
    private func numbers(_ body: String, deltas: Int) -> GenerationNumbers {
        var generation = Generation(keptMax: 1024)
        generation.begin(status: 200)
        generation.feed(Array(body.utf8).span) { _ in true }
        generation.end { _ in true }
        return generation.numbers(deltas: deltas, RequestTimes(arrivedAt: 1))
    }

    private static let event = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"

    @Test func `where nobody tells the usage the pieces are counted, asked for or not`() {
        let asked = numbers(Self.event + Self.event, deltas: 2)
        #expect(asked.completionTokens == 2 && asked.isEstimated)
        let unasked = numbers(Self.event + Self.event + Self.event, deltas: 0)
        #expect(unasked.completionTokens == 3 && unasked.isEstimated)
        let whole = numbers(#"{"choices":[{"message":{"content":"a b c"}}]}"#, deltas: 0)
        #expect(whole.completionTokens == nil && !whole.isEstimated)
    }

    @Test(arguments: [
        ("m", "m", true), ("m:latest", "m", true), ("m", "m:latest", true), ("m@main", "m", true),
        ("m", "m@main", false), ("m@q8", "m", false), ("m:7b", "m", false), ("n", "m", false),
    ])
    func `a name with what its server implies is no other model`(
        served: String, asked: String, isSame: Bool
    ) {
        #expect(CompletionWarning.isSame(served, asked) == isSame)
    }
}
