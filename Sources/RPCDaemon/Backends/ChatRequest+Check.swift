import CrowdModelsProtocol

extension ChatRequest {
    /// Members of the server's request that are the daemon's own to write.
    private static let reserved = ["model", "messages", "stream", "stream_options"]

    static func check(_ line: Span<UInt8>, _ arguments: Arguments) throws(Fault) {
        let options = arguments[CompleteParameter.options.rawValue]
        if options.isPresent {
            var reader = JSONMemberReader(from: Int(options.start))
            while let member = (try? reader.next(in: line)) ?? nil {
                let name = JSONText.string(line.extracting(member.name.bounds))
                if reserved.contains(name) {
                    throw Fault(
                        .invalidParams,
                        "`options` cannot hold `\(name)`; give it as a parameter of `complete`",
                        data: ["parameter": "options"])
                }
            }
        }
        let messages = arguments[CompleteParameter.messages.rawValue]
        guard messages.isPresent else { return }
        var reader = JSONElementReader(from: Int(messages.start))
        var index = 0
        while let message = (try? reader.next(in: line)) ?? nil {
            try check(message: line.extracting(message.bounds), at: index)
            index += 1
        }
    }

    private static func check(message: Span<UInt8>, at index: Int) throws(Fault) {
        var reader = JSONMemberReader(from: 0)
        var hasRole = false
        while let member = (try? reader.next(in: message)) ?? nil {
            let name = message.extracting(member.name.bounds)
            let kind = JSONKind(firstByte: message[Int(member.value.start)])
            if JSONText.string(name, hasEscape: member.nameHasEscape, equals: "role") {
                guard kind == .string else {
                    throw fault(index, "`role` must be a string, not \(kind.withArticle)")
                }
                hasRole = true
            } else if JSONText.string(name, hasEscape: member.nameHasEscape, equals: "content") {
                guard kind == .string || kind == .array || kind == .null else {
                    throw fault(
                        index,
                        "`content` must be a string or an array of parts, not \(kind.withArticle)")
                }
            }
        }
        if !hasRole {
            throw fault(index, "`role` is missing; it is `user`, `assistant`, `system`…")
        }
    }

    private static func fault(_ index: Int, _ what: String) -> Fault {
        Fault(
            .invalidParams, "`messages` of `complete`, element \(index): \(what)",
            data: ["parameter": "messages"])
    }
}
