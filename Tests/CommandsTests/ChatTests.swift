import CrowdModelsProtocol
import Link
import Testing

@testable import Commands

/// What is said in a chat.
@Suite struct ChatTests {
    @Test(arguments: [
        ("hello", ChatInput.message("hello")), ("  \n", .nothing), ("/model", .model(nil)),
        ("/model qwen3 ", .model("qwen3")), ("/system Be  brief.", .system("Be  brief.")),
        ("/save", .wrong("/save needs a file")), ("/save a b.json", .save("a b.json")),
        ("/load x", .load("x")), ("/stats", .stats), ("/help", .help), ("/bye", .quit),
        ("/usr/bin/env is a path", .message("/usr/bin/env is a path")), ("/ 2", .message("/ 2")),
        ("/modle x", .wrong("there is no /modle; /help lists what there is")),
        ("\"\"\"\na\n/stats\n\"\"\"", .message("a\n/stats")), ("\"\"\"", .message("\"\"\"")),
    ])
    func `what begins with a slash and a word is a command`(text: String, input: ChatInput) {
        #expect(ChatInput(text) == input)
    }

    @Test func `three quotes hold a text of several lines together`() {
        #expect(ChatInput.isWhole("a"))
        #expect(!ChatInput.isWhole("\"\"\"a") && !ChatInput.isWhole("\"\"\""))
        #expect(ChatInput.isWhole("\"\"\"a\nb\"\"\""))
    }

    @Test func `a conversation goes on after it was saved and loaded`() throws {
        var talk = Conversation()
        talk.model = "m"
        talk.system = "Be brief."
        talk.keep("hi", "hello", nil)
        var again = Conversation()
        #expect(again.load(talk.json) == nil)
        #expect(again.json == talk.json && again.model == "m")
        #expect(
            again.asking("and?").map { $0["content"]?.stringValue }
                == ["Be brief.", "hi", "hello", "and?"])
        #expect(again.load(["messages": [["content": "x"]]]) != nil)
        #expect(again.load("x") != nil)
        #expect(again.json == talk.json)
        again.clear()
        #expect(again.asking("x").count == 2)
    }
}
