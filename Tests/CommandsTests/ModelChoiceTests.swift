import CrowdModelsProtocol
import Link
import Testing

@testable import Commands

/// Models named by a part of their names.
@Suite struct ModelChoiceTests {
    private func models() throws -> [ModelDescription] {
        let text = """
            {"models": [
             {"id": "qwen3-4b", "backend": "a", "type": "llm", "state": "loaded",
              "aliases": ["fast", "quick"]},
             {"id": "qwen3-4b", "backend": "b", "type": "llm", "state": "loaded"},
             {"id": "Mistral-7B-Instruct", "backend": "a", "type": "llm", "state": "loaded"},
             {"id": "mixtral-8x7b", "backend": "a", "type": "llm", "state": "loaded"}]}
            """
        return try ModelsResult(json: JSONValue(parsing: text)).models
    }

    @Test(arguments: [
        ("qwen", "qwen3-4b"), ("mistral", "Mistral-7B-Instruct"), ("8x7b", "mixtral-8x7b"),
        ("fas", "fast"), ("llama", nil), ("ick", "quick"),
    ])
    func `a part that one model has finds it`(part: String, name: String?) throws {
        #expect(try ModelChoice.find(part, among: models()) == name)
    }

    @Test func `a part that several have names them all`() throws {
        let error = #expect(throws: Failure.self) {
            try ModelChoice.find("7B", among: models())
        }
        #expect(error?.code == .failed)
        #expect(error?.message.contains("Mistral-7B-Instruct, mixtral-8x7b") == true)
    }
}
