import Testing

@testable import CrowdModelsProtocol

@Suite struct NumberTextTests {
    private func written(_ token: String) -> String {
        var out = ByteBuffer()
        out.append("[")
        NumberText(Array(token.utf8).span).write(to: &out)
        out.append("]")
        return out.text
    }

    @Test(arguments: [
        "0", "7", "51.43709529562482", "0.001", "12345678", "12345678901234.12345678",
    ])
    func `plain decimals are kept as they came`(token: String) {
        #expect(written(token) == "[\(token)]")
        #expect(!NumberText(Array(token.utf8).span).isEmpty)
    }

    @Test(arguments: ["", "1e3", "-1", "5E-7", "123456789012345.12345678", "null", "\"1\""])
    func `what is none, or is written otherwise, is not kept`(token: String) {
        #expect(written(token) == "[]")
        #expect(NumberText(Array(token.utf8).span).isEmpty)
    }

    @Test func `a speed is told as it came, and as a number where it did not`() {
        var stats = CompleteStats(queueTime: 0, totalTime: 1, source: "backend")
        stats.tokensPerSecond = 51.5
        var told = ByteBuffer()
        var plain = ByteBuffer()
        stats.write(speed: NumberText(Array("51.50".utf8).span), to: &told)
        stats.write(to: &plain)
        #expect(told.text.hasPrefix(#"{"tokens_per_second":51.50,"#))
        #expect(plain.text.hasPrefix(#"{"tokens_per_second":51.5,"#))
    }
}
