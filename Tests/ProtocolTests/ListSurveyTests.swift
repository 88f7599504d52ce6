import Testing

@testable import CrowdModelsProtocol

/// Lists that are read in slices.
@Suite struct ListSurveyTests {
    private struct Entries: Equatable {
        var entries: [[String]] = []
        var outer: [String] = []
        var hasList = false
        var steps = 0
    }

    private func survey(_ text: String, bytes: Int) throws -> Entries {
        let bytesOfText = Array(text.utf8)
        func word(_ range: JSONRange) -> String {
            String(decoding: bytesOfText[range.bounds], as: UTF8.self)
        }
        var survey = ListSurvey(of: "data")
        var found = Entries()
        var isOver = false
        while !isOver {
            isOver = try survey.resume(bytesOfText.span, bytes: bytes)
            survey.takeEntries { members in
                found.entries.append(members.map { word($0.name) + "=" + word($0.value) })
            }
            found.steps += 1
        }
        found.outer = survey.members.map { word($0.name) }
        found.hasList = survey.hasList
        return found
    }

    private static let texts = [
        #"{"object":"list","data":[{"id":"a","x":[1,{"y":2}]},{"id":"b"},{},7,["z"]],"#
            + #""more":{"id":"c"}}"#,
        #" [ {"id" : "a"} , null , {"a":{"data":[{"q":1}]},"id":"b\"]"} ] "#,
        #"{"x":{"data":[{"id":"no"}]},"\u0064ata":[{"id":"yes"}],"data":[{"id":"late"}]}"#,
        #"{"data":null}"#, "[]", "7", #"{"data":["a",[ "b"],"c d",{"id":"e"}]}"#,
    ]
    private static let entries = [
        [[#""id"="a""#, #""x"=[1,{"y":2}]"#], [#""id"="b""#], [], [], []],
        [[#""id"="a""#], [], [#""a"={"data":[{"q":1}]}"#, #""id"="b\"]""#]],
        [[#""id"="yes""#]], [], [], [],
        // A string is a member without a name.
        [[#"="a""#], [], [#"="c d""#], [#""id"="e""#]],
    ]

    @Test(arguments: 0..<7, [1, 2, 3, 7, 64, Int.max])
    func `entries are the same however the text is cut`(number: Int, bytes: Int) throws {
        let found = try survey(Self.texts[number], bytes: bytes)
        #expect(found.entries == Self.entries[number])
        #expect(found.hasList == ![3, 5].contains(number))
        #expect(bytes > 2 || number > 2 || found.steps > 20)
        #expect(number > 0 || found.outer == [#""object""#, #""data""#, #""more""#])
    }

    @Test(arguments: [
        #"{"data":[{"id":"a"}"#, #"{"data":[{"id":"a"}]} x"#, #"[{"id":nul}]"#, "", #"{"data":[}"#,
    ])
    func `what is not JSON is none however it is cut`(text: String) {
        for bytes in [1, 5, Int.max] {
            #expect(throws: JSONError.self) { try survey(text, bytes: bytes) }
        }
    }

    @Test func `of very many members of one entry the first are noted`() throws {
        let members = (0..<2_000).map { "\"m\($0)\":\($0)" }.joined(separator: ",")
        let found = try survey("[{\(members)},{\"id\":1}]", bytes: 100)
        #expect(found.entries.map(\.count) == [ListSurvey.membersMax, 1])
    }
}
