import Backends
import CrowdModelsProtocol
import HTTP

/// What a caller hears of an answer: its deltas joined, and what it ended with.
struct Hearing: Equatable {
    var content = ""
    var reasoning = ""
    var refusal = ""
    /// `id name arguments`, a call each, joined from the deltas.
    var calls: [String] = []
    var progress: [Double] = []
    var deltas = 0
    /// What is wrong with the form of a delta.
    var troubles: [String] = []
    var phase = Generation.Phase.open
    var finish = FinishReason.stop
    var usage: [Int?] = []
    var model: String?
    /// What was told beside the text: times, words and objects as they are passed on.
    var told: [String] = []

    /// Hears a body that comes in pieces, cut at these places.
    static func of(
        _ body: [UInt8], status: Int = 200, cutAt cuts: [Int] = [],
        broken: ServerFailure? = nil, isRaw: Bool = false, like shape: AnswerShape? = nil
    ) -> Hearing {
        var generation = Generation(keptMax: 8 * 1024 * 1024, isRaw: isRaw, like: shape)
        var hearing = Hearing()
        generation.begin(status: status)
        var start = 0
        for end in cuts + [body.count] where end >= start {
            var piece = body.span.extracting(start..<end)
            // Read on where a reader had enough, as one does whose caller is slow.
            while !piece.isEmpty {
                let count = generation.feed(piece) {
                    hearing.take($0)
                    return false
                }
                piece = piece.extracting(count...)
            }
            start = end
        }
        generation.end(broken: broken) {
            hearing.take($0)
            return true
        }
        hearing.close(generation)
        return hearing
    }

    /// Hears a whole text.
    static func of(_ text: String, status: Int = 200, isRaw: Bool = false) -> Hearing {
        of(Array(text.utf8), status: status, isRaw: isRaw)
    }

    /// Hears events, each with this data.
    static func ofEvents(_ data: [String], end: String = "data: [DONE]\n\n") -> Hearing {
        of(data.map { "data: \($0)\n\n" }.joined() + end)
    }

    private mutating func take(_ event: borrowing GenerationEvent) {
        if let part = event.promptProgress {
            progress.append(part)
            return
        }
        deltas += 1
        content += plain(event.content)
        reasoning += plain(event.reasoning)
        refusal += plain(event.refusal)
        if event.toolCalls.isEmpty { return }
        guard let list = try? JSONValue(parsing: event.toolCalls), let list = list.arrayValue else {
            troubles.append("tool calls that are no array")
            return
        }
        for delta in list { take(call: delta) }
    }

    private mutating func take(call delta: JSONValue) {
        let index = delta["index"]?.integerValue ?? -1
        let arguments = delta["function"]?["arguments"]?.stringValue ?? ""
        if index == calls.count {
            let id = delta["id"]?.stringValue ?? ""
            let name = delta["function"]?["name"]?.stringValue ?? ""
            if id.isEmpty || name.isEmpty || delta["type"]?.stringValue != "function" {
                troubles.append("a call begins with \(delta.text)")
            }
            calls.append("\(id) \(name) \(arguments)")
        } else if calls.indices.contains(index) {
            if delta["id"] != nil || delta["function"]?["name"] != nil {
                troubles.append("a call goes on with \(delta.text)")
            }
            calls[index] += arguments
        } else {
            troubles.append("a call of index \(index) after \(calls.count)")
        }
    }

    /// The letters of the inside of a string, which must be valid as it stands.
    private mutating func plain(_ inside: Span<UInt8>) -> String {
        var token = ByteBuffer()
        token.append("\"")
        token.append(inside)
        token.append("\"")
        guard let text = (try? JSONValue(parsing: token.span))?.stringValue else {
            troubles.append("a delta that is no JSON: \(token.text)")
            return ""
        }
        return text
    }

    private mutating func close(_ generation: borrowing Generation) {
        phase = generation.phase
        finish = generation.finishReason
        let report = generation.report
        usage = [report.promptTokens, report.completionTokens, report.totalTokens]
        model = report.servedByName
        let details = report.details
        told = [
            "\(report.tokensPerSecond as Any)", "\(report.timeToFirstToken as Any)",
            "\(report.generationTime as Any)", report.stopReason ?? "", report.arch ?? "",
            "\(report.cachedTokens as Any)", "\(report.reasoningTokens as Any)",
            String(decoding: details.modelInfo, as: UTF8.self),
            String(decoding: details.runtime, as: UTF8.self),
        ]
        if generation.text.contentText != content { troubles.append("the text is not its deltas") }
        var out = ByteBuffer()
        generation.text.writeToolCalls(to: &out)
        let whole = (try? JSONValue(parsing: out.span))?.arrayValue ?? []
        let kept = whole.map {
            let function = $0["function"]
            let parts = [$0["id"], function?["name"], function?["arguments"]]
            return parts.map { $0?.stringValue ?? "" }.joined(separator: " ")
        }
        if kept != calls { troubles.append("calls are \(kept), their deltas \(calls)") }
    }

    /// The failure that ended it.
    var failure: ServerFailure? {
        if case .failed(let failure) = phase { failure } else { nil }
    }
}
