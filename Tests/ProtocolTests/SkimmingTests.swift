import TestSupport
import Testing

@testable import CrowdModelsProtocol

/// Text that is valid is skimmed to the same members and elements as when it is validated.
@Suite struct SkimmingTests {
    private static func members(_ text: [UInt8], skims: Bool) -> [JSONMember] {
        var reader = skims ? JSONMemberReader(skimmingFrom: 0) : JSONMemberReader(from: 0)
        var members: [JSONMember] = []
        // One that were to go on for ever would be seen here.
        while members.count <= text.count, let member = (try? reader.next(in: text.span)) ?? nil {
            members.append(member)
        }
        #expect(members.count <= text.count)
        return members
    }

    private static func elements(_ text: [UInt8], skims: Bool) -> [JSONRange] {
        var reader = skims ? JSONElementReader(skimmingFrom: 0) : JSONElementReader(from: 0)
        var elements: [JSONRange] = []
        while elements.count <= text.count, let element = (try? reader.next(in: text.span)) ?? nil {
            elements.append(element)
        }
        #expect(elements.count <= text.count)
        return elements
    }

    private static func space(_ random: inout SeededGenerator) -> String {
        Int.random(in: 0..<4, using: &random) == 0
            ? [" ", "\n\t", "   "].randomElement(using: &random)! : ""
    }

    /// A valid value with all that could be taken for an end.
    private static func value(_ depth: Int, _ random: inout SeededGenerator) -> String {
        let texts = [
            #""""#, #""a""#, #""\"""#, #""\\""#, #""]}{[,:""#,
            #""long enough for a word of eight\n""#,
            #""Grüße, 世界 \u0041\\\"""#, "1", "-1.5e+10", "0", "true", "false", "null",
        ]
        switch depth > 3 ? 0 : Int.random(in: 0..<4, using: &random) {
        case 2: return list("[", "]", depth, &random) { value(depth + 1, &$0) }
        case 3:
            return list("{", "}", depth, &random) {
                #""k\\\#($0.next() % 9)""#.replacing(#"\\"#, with: #"\u004"#) + space(&$0) + ":"
                    + space(&$0) + value(depth + 1, &$0)
            }
        default: return texts.randomElement(using: &random)!
        }
    }

    private static func list(
        _ open: String, _ close: String, _ depth: Int, _ random: inout SeededGenerator,
        _ element: (inout SeededGenerator) -> String
    ) -> String {
        let count = Int.random(in: 0..<5, using: &random)
        let parts = (0..<count).map { _ in
            space(&random) + element(&random) + space(&random)
        }
        return open + space(&random) + parts.joined(separator: ",") + close
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `skimmed is as validated`(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        for _ in 0..<500 {
            let object = Array(
                Self.list("{", "}", 0, &random) { #""n":"# + Self.value(1, &$0) }.utf8)
            let array = Array(Self.list("[", "]", 0, &random) { Self.value(1, &$0) }.utf8)
            try JSONText.validate(object.span)
            try JSONText.validate(array.span)
            #expect(
                Self.members(object, skims: true) == Self.members(object, skims: false),
                "\(String(decoding: object, as: UTF8.self))")
            #expect(
                Self.elements(array, skims: true) == Self.elements(array, skims: false),
                "\(String(decoding: array, as: UTF8.self))")
            // What is no JSON has some end, too, and none beyond its bytes.
            let end = Int.random(in: 0..<max(1, object.count), using: &random)
            for broken in [Array(object[..<end]), random.mutant(of: object)] {
                for member in Self.members(broken, skims: true) {
                    #expect(Int(member.value.end) <= broken.count)
                }
            }
        }
    }

    @Test func `a role is found among the members of a message alone, in slices`() throws {
        let message = #"{"content":{"role":"developer"},"r\u006fle":"developer","x":"developer"}"#
        let text = Array(
            ("[" + Array(repeating: message, count: 4000).joined(separator: ",") + "]").utf8)
        let all = JSONRange(0, text.count)
        let begun = RoleSurvey(of: "developer", in: text.span, at: all)
        var survey = try #require(begun)
        var steps = 1
        while !survey.resume(text.span) { steps += 1 }
        #expect(steps > 2 && survey.found.count == 4000)
        let first = survey.found[0]
        #expect(text[first.bounds].elementsEqual("\"developer\"".utf8))
        #expect(text[..<Int(first.start)].last == UInt8(ascii: ":"))
        let none = RoleSurvey(of: "develop", in: text.span, at: all)
        #expect(none == nil, "a word that only begins so")
        for length in 0..<70 {
            let spaces = String(repeating: " ", count: length)
            let one = Array("[\(spaces){\"role\":\"developer\"}]".utf8)
            let found = RoleSurvey(of: "developer", in: one.span, at: JSONRange(0, one.count))
            #expect(found != nil, "behind \(length) spaces")
        }
    }
}
