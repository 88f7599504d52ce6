import Testing

@testable import CrowdModelsProtocol

/// A line read in slices is the line read in one go.
@Suite struct LineReaderTests {
    /// What a line came to, in words that can be compared.
    private static func told(
        _ text: [UInt8], limits: RequestLimits = .init(), whole: Int, slice: Int
    ) -> [String] {
        var reader = LineReader(limits, wholeBytes: whole, sliceBytes: slice)
        var told: [String] = []
        while true {
            switch reader.resume(text.span) {
            case .unfinished: continue
            case .batchBegins: told.append("batch")
            case .refused(let fault): told.append("refused: \(fault.message)")
            case .ended: return told
            case .request(let envelope):
                told.append(Self.outcome(envelope, text.span, limits, reader.survey))
            }
        }
    }

    /// What the request's call would get before anybody performs it.
    private static func outcome(
        _ envelope: RequestEnvelope, _ text: Span<UInt8>, _ limits: RequestLimits,
        _ survey: ParamsSurvey?, _ notes: ParamsNotes = ParamsNotes()
    ) -> String {
        if let fault = envelope.refusal(limits) { return "\(envelope.id) \(fault.message)" }
        let token = text.extracting(envelope.method.bounds)
        guard let method = Method.named(token) else {
            return "\(envelope.id) \(Fault.unknownMethod(token, limits).message)"
        }
        do throws(Fault) {
            var (call, notes) = (Arguments(), notes)
            try call.read(
                envelope.params, &notes, of: method, in: text, limits: limits, survey: survey)
            var words = "\(envelope.id) \(method) \(call.meta)"
            for index in method.parameters.indices { words += " \(call[index])" }
            let trace = RequestMeta.traceparent(of: call, in: text, survey: survey)
            words += trace ?? ""
            if method == .complete {
                words += "\(try CompleteMethod.check(&call, in: text, survey: survey))"
            }
            if method == .check, let asked = Method.all.first(where: { $0 == .complete }) {
                var inner = try Arguments(
                    params: call[1], of: asked, in: text, limits: limits,
                    survey: survey?.ofChecked)
                words += "\(inner[1]) \(inner[2])"
                words += "\(try CompleteMethod.check(&inner, in: text, survey: survey?.ofChecked))"
            }
            return words
        } catch {
            return "\(envelope.id) \(error.code.code) \(error.message)"
        }
    }

    static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    static func call(_ method: String, _ params: String) -> String {
        #"{"jsonrpc":"2.0","id":"a\u0062","method":"\#(method)","params":\#(params)}"#
    }

    static let lines: [String] =
        [
            "", " ", "\t", "1", "nul", #""a\nb""#, "[", "[]", "[1,{}]", "{", "{}x", "{} ", " {} ",
            #"{"id":1,"id":2,"jsonrpc":"2.0","method":"ping"}"#, #"{"jsonrpc":"2.0","id":[]}"#,
            #"{"other":{"params":[1],"messages":[{}]},"jsonrpc":"2.0","method":"ping","id":-1.5e3}"#,
            #"{"m\u0065thod":"p\u0069ng","jsonrpc":"2\u002e0","id":null,"params":null}"#,
            call("no.such", "[]"), call("ping", #"{"a":1}"#), call("ping", "[1]"),
            call("ping", #"{"_meta":{"traceparent":"\#(trace)"}}"#),
            call("ping", #"{"_meta":{"traceparent":"x"},"_meta":{}}"#),
            call("ping", #"{"_meta":3}"#),
            call("complete", #"{"prompt":"x\ud83d\ude00é","stop":["a","b"],"temperature":0.5}"#),
            call("complete", #"{"pr\u006fmpt":"x","options":{"a":[1,{"b":{}}],"n":1}}"#),
            call("complete", #"{"prompt":"x","options":{"a":1,"\u0061":2}}"#),
            call("complete", #"{"prompt":"x","prompt":"y"}"#),
            call("complete", #"{"prompt":"x","stop":[1]}"#),
            call("complete", #"{"prompt":"x","stop":[]}"#),
            call("complete", #"{"prompt":"x","tools":[{},[]]}"#),
            call("complete", #"{"messages":[{"role":"user","content":[{"type":"text"}]}]}"#),
            call("complete", #"{"messages":[{"role":"user"},{"r\u006fle":"x","content":3}]}"#),
            call("complete", #"{"messages":[{"role":"user"},{"content":"no role"},{"role":1}]}"#),
            call("complete", #"{"messages":[{"content":{"role":"inside"}}]}"#),
            call("complete", #"[null,null,[{"role":"user","content":null}]]"#),
            call("complete", #"["m","p",null,null,null,null,null,null,9]"#),
            call("subscribe", #"{"topics":["log","m\u006fdels"],"interval_ms":10}"#),
            call("subscribe", #"{"topics":["log","x"]}"#),
            call("check", #"{"method":"complete","params":{"messages":[{"role":"user"}]}}"#),
            call("check", #"{"method":"complete","params":{"messages":[{"role":7}]}}"#),
            call("check", #"["complete",{"prompt":"x","options":{"a":1,"b":{"c":[]}}}]"#),
            call("check", #"{"params":["m","p"],"method":"complete"}"#),
        ] + JSONSyntaxTests.invalid.map { call("ping", $0) }
        + JSONSyntaxTests.valid.map { call("check", #"{"method":"ping","params":\#($0)}"#) }

    @Test(arguments: lines) func `a line in slices comes to what it comes to in one go`(
        line: String
    ) {
        let batch = "[\(line),1,\(line) ]"
        for text in [Array(line.utf8), Array(batch.utf8)] {
            let whole = Self.told(text, whole: .max, slice: .max)
            for slice in [1, 2, 3, 5, 8, 13, 64] {
                #expect(Self.told(text, whole: 0, slice: slice) == whole)
            }
        }
    }

    @Test(arguments: lines + manyMembers) func `params that were noted are those in the text`(
        line: String
    ) {
        let text = Array(line.utf8)
        func outcome(noted: Bool) -> String {
            var notes = ParamsNotes()
            do throws(JSONError) {
                let (envelope, end) = try RequestEnvelope.read(
                    text.span, from: 0, depth: 1, limits: .init(), noting: &notes)
                return Self.outcome(
                    envelope, text.span, .init(), nil, noted ? notes : ParamsNotes())
                    + " to \(end)"
            } catch {
                return error.message
            }
        }
        #expect(outcome(noted: true) == outcome(noted: false))
    }

    /// As many members as are noted, and more, the last of them one of its own kind.
    static let manyMembers: [String] = (0...10).flatMap { count in
        let names = [
            "top_k", "seed", "ttl", "max_tokens", "top_p", "min_p", "temperature", "repeat_penalty",
            "presence_penalty", "frequency_penalty",
        ]
        let first = names.prefix(count).map { "\"\($0)\":1" }
        let last = [
            #""prompt":"x""#, #""prompt":1"#, #""other":{}"#, #""_meta":{"a":[]}"#, #""seed":2"#,
        ]
        return last.map { call("complete", "{\((first + [$0]).joined(separator: " , "))}") }
    }

    @Test(arguments: [
        ("\\n", ""), ("é", ""), ("\\ud83d\\ude00", ""), ("[]", "["), ("{\"a\":1}", "["),
        ("[[[[0]]]]", "["), ("\"a\"", "["), ("1", "["),
    ])
    func `no slice reads much more than it may`(unit: String, opening: String) {
        let list = Array(repeating: unit, count: 10_000)
        let value =
            opening.isEmpty
            ? "\"\(list.joined())\"" : "[\(list.joined(separator: " , "))]"
        let text = Array(Self.call("complete", #"{"options":{"a":\#(value)}}"#).utf8)
        var reader = LineReader(RequestLimits(), wholeBytes: 0, sliceBytes: 100)
        var steps = 0
        while case .unfinished = reader.resume(text.span) { steps += 1 }
        #expect(steps >= text.count / 120)
    }

    @Test func `an id may have id_bytes_max bytes, a name name_bytes_max, however written`() {
        var limits = RequestLimits()
        limits.idBytesMax = 8
        limits.nameBytesMax = 6
        func told(_ line: String) -> String {
            let whole = Self.told(Array(line.utf8), limits: limits, whole: .max, slice: .max)
            #expect(whole == Self.told(Array(line.utf8), limits: limits, whole: 0, slice: 3))
            return whole.joined()
        }
        func id(_ id: String) -> String {
            told(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#)
        }
        #expect(!id("12345678").contains("id_bytes_max"))
        #expect(id("123456789").contains("longer than 8 bytes (id_bytes_max)"))
        #expect(!id(#""12345678""#).contains("id_bytes_max"))
        #expect(id(#""123456789""#).contains("id_bytes_max"))
        #expect(id(#""\u0041\u0042""#).contains("id_bytes_max"))
        func name(_ params: String) -> String { told(Self.call("models.get", params)) }
        #expect(!name(#"{"model":"123456"}"#).contains("name_bytes_max"))
        #expect(!name(#"{"model":"\u0031\u0032\u0033\u0034\u0035\u0036"}"#).contains("_max"))
        #expect(name(#"{"model":"1234567"}"#).contains("longer than 6 bytes (name_bytes_max)"))
        #expect(name(#"{"model":"12345\u00e9"}"#).contains("name_bytes_max"))
        #expect(told(Self.call("1234567", "{}")).contains("name_bytes_max"))
        #expect(told(Self.call("123456", "{}")).contains("there is no method `123456`"))
    }

    static let traceparents: [(text: String, isValid: Bool)] = [
        (trace, true), ("00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false),
        ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false),
        ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false),
        ("\(trace)-x", false), ("01\(trace.dropFirst(2))-x", true),
        ("01\(trace.dropFirst(2))x", false), ("01\(trace.dropFirst(2))-\n", false),
        ("\(trace.dropLast())", false), ("", false), ("00_\(trace.dropFirst(3))", false),
    ]

    @Test(arguments: traceparents)
    func `a traceparent is valid by the letter of W3C Trace Context`(text: String, isValid: Bool) {
        #expect(RequestMeta.isTraceparent(text) == isValid)
    }
}
