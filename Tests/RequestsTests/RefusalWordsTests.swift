import CrowdModelsProtocol
import Scheduling
import Testing

@testable import Requests

/// What callers are told of a refusal.
@Suite struct RefusalWordsTests {
    @Test(
        arguments: [
            (nil, nil, "it has not answered yet"), (nil, 5_000_000, "its last requests failed"),
            ("Connection refused", 5_000_000, "Connection refused"),
        ] as [(String?, UInt64?, String)])
    func `a backend that takes no requests is not said to be silent where it failed`(
        error: String?, wait: UInt64?, words: String
    ) {
        let backend = RefusalWords.Backend(
            name: "b", product: "vLLM", endpoint: "http://h", lastError: error)
        let refusals = RefusalWords(
            backends: [backend], names: ModelNames([]), chatModels: [],
            probed: [], lookMilliseconds: 1000)
        let fault = refusals.fault(
            of: .unavailable(backend: "b", retryAfter: wait), method: "complete")
        #expect(fault.message.contains("backend b (vLLM at http://h) is not available: \(words)"))
        #expect(fault.data["retry_after_ms"]?.integerValue == (wait == nil ? 1000 : 5))
    }

    @Test func `a model without a name is told as one`() {
        let refusals = RefusalWords(
            backends: [], names: ModelNames([]), chatModels: [], probed: [],
            lookMilliseconds: 1000)
        #expect(
            refusals.unknownModel("").message
                == "no backend has a model without a name; none has any")
    }
}
