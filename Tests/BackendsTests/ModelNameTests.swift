import Testing

@testable import Backends

@Suite struct ModelNameTests {
    @Test(
        arguments: [
            ("text-embedding-nomic-embed-text-v1.5", true), ("BGE-EMBED", true), ("embed", true),
            ("nomic-Embed-text", true), ("qwen3-4b", false), ("embe", false), ("", false),
            ("eembed", true), ("emembed", true), ("größe-embed", true), ("embe-d", false),
        ]) func `an embedder is known by its name`(_ name: String, _ isOne: Bool)
    {
        #expect(Model(id: name).isNamedEmbedder == isOne)
    }

    @Test func `a reranker is known by its name`() {
        #expect(Model(id: "BGE-ReRanker-v2").isNamedReranker)
        #expect(!Model(id: "rank").isNamedReranker)
    }
}
