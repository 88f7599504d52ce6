import CrowdModelsProtocol

@testable import Doors

/// One exchange of a tongue, without a connection: what it asks, and what it makes of the answer.
struct Tape {
    private var tongue: any Tongue
    private(set) var question: Question?
    private(set) var params = ""
    private(set) var fault: Fault?

    /// Asks what a request means.
    init(
        _ tongue: any Tongue, _ body: String, _ line: String = "POST /v1/chat/completions",
        fields: [String] = []
    ) throws {
        var tongue = tongue
        var question: Question?
        var params = ByteBuffer()
        var fault: Fault?
        try Samples.withRequest(line, fields: fields, body: body) { request in
            tongue.named(request.key)
            do throws(Fault) {
                while question == nil { question = try tongue.question(request, &params) }
            } catch {
                fault = error
            }
        }
        self.tongue = tongue
        self.question = question
        self.params = params.text
        self.fault = fault
    }

    /// What it makes of a delta.
    mutating func delta(
        _ content: String = "", reasoning: String = "", calls: String = ""
    ) -> String {
        var out = ByteBuffer()
        let (content, reasoning) = (Array(content.utf8), Array(reasoning.utf8))
        let calls = Array(calls.utf8)
        tongue.delta(
            Delta(content: content.span, reasoning: reasoning.span, toolCalls: calls.span),
            to: &out)
        return out.text
    }

    mutating func placed(_ model: String, _ backend: String) {
        tongue.placed(model: model, backend: backend)
    }

    /// What it makes of the result.
    mutating func succeed(_ result: String) -> String {
        var out = ByteBuffer()
        let bytes = Array(result.utf8)
        tongue.succeed(bytes.span, to: &out)
        return out.text
    }

    /// What it makes of the result's parts; nil where it reads JSON alone.
    mutating func succeed(_ result: CompleteResult, _ tokens: CompleteResult.Tokens) -> String? {
        var out = ByteBuffer()
        return tongue.tell(result, tokens, to: &out) ? out.text : nil
    }

    mutating func fail(_ fault: Fault, hasBegun: Bool = false) -> String {
        var out = ByteBuffer()
        tongue.fail(fault, status: fault.status, hasBegun: hasBegun, to: &out)
        return out.text
    }
}
