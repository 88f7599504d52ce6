import CrowdModelsProtocol
import Link
import Testing

@testable import Commands

/// `-o NAME=VALUE`.
@Suite struct NamedValueTests {
    private func read(_ texts: String...) throws(Failure) -> String {
        let object = try NamedValue.parameters(
            texts, of: .complete)
        return JSONValue.object(object).text
    }

    @Test(arguments: [
        ("top_p=0.90", #"{"top_p":0.90}"#), ("top_k=40", #"{"top_k":40}"#),
        ("stop=END", #"{"stop":"END"}"#), (#"stop=["a","b"]"#, #"{"stop":["a","b"]}"#),
        ("stop=7", #"{"stop":"7"}"#),
        ("reasoning=false", #"{"reasoning":false}"#), ("reasoning=low", #"{"reasoning":"low"}"#),
        ("tool_choice=auto", #"{"tool_choice":"auto"}"#), ("tag=a=b", #"{"tag":"a=b"}"#),
        (#"options={"mirostat":2}"#, #"{"options":{"mirostat":2}}"#),
        ("system_prompt=", #"{"system_prompt":""}"#), ("max_tokens=-1", #"{"max_tokens":-1}"#),
    ])
    func `each value is of its parameter's type`(text: String, json: String) throws {
        #expect(try read(text) == json)
    }

    @Test func `what is given twice is a list where it may be one, else the last`() throws {
        #expect(try read("stop=a", "stop=b") == #"{"stop":["a","b"]}"#)
        #expect(try read("seed=1", "seed=2") == #"{"seed":2}"#)
    }

    @Test(arguments: [
        ("top_q=1", "did you mean top_"), ("top_p", "takes NAME=VALUE"), ("=1", "takes NAME=VALUE"),
        ("top_p=high", "takes a number"), ("top_p=1.5", "`top_p`"), ("stream=yes", "true or false"),
        ("tools={", "takes JSON"), ("top_k=1.5", "`top_k`"), ("priority=high", "`priority`"),
    ])
    func `what the daemon would refuse is refused here`(text: String, hint: String) {
        let error = #expect(throws: Failure.self) { try read(text) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
    }
}
