package import CrowdModelsProtocol

/// What a caller asked of `complete`, kept as the text it came as.
///
/// It owns a copy of the line. Values are spliced into the server's request as the tokens they are:
/// a prompt of a megabyte is copied, never decoded and encoded again.
package final class ChatRequest {
    let text: [UInt8]
    let arguments: Arguments
    /// The members of `options`, no two of one name.
    let options: [JSONMember]
    /// The W3C trace that the caller says it belongs to; valid, or nil.
    package let traceparent: String?
    /// Whether the caller wants text as it comes.
    package let isStream: Bool

    /// Bytes of the line it came as: what the server's request is made of.
    package var byteCount: Int { text.count }

    /// Keeps a checked call of `complete`; its arguments are lent, and not changed. Throws -32602
    /// for what the types alone do not forbid.
    package init(
        _ line: Span<UInt8>, _ arguments: inout Arguments, survey: ParamsSurvey? = nil
    ) throws(Fault) {
        options = try CompleteMethod.check(&arguments, in: line, survey: survey)
        text = unsafe line.withUnsafeBufferPointer { unsafe Array($0) }
        self.arguments = arguments
        traceparent =
            arguments.meta.isPresent
            ? RequestMeta.traceparent(of: arguments, in: line, survey: survey) : nil
        let stream = arguments[CompleteParameter.stream.rawValue]
        isStream = stream.isPresent && line[Int(stream.start)] == UInt8(ascii: "t")
    }

    /// Whether the caller gave that parameter.
    package func has(_ parameter: CompleteParameter) -> Bool {
        arguments[parameter.rawValue].isPresent
    }

    /// The characters of a string parameter; nil where it was not given.
    package func string(_ parameter: CompleteParameter) -> String? {
        if !has(parameter) { return nil }
        let text = text
        return JSONText.string(text.span.extracting(arguments[parameter.rawValue].bounds))
    }

    /// The value of an integer parameter; nil where it was not given.
    package func integer(_ parameter: CompleteParameter) -> Int? {
        if !has(parameter) { return nil }
        let text = text
        return JSONText.integer(text.span.extracting(arguments[parameter.rawValue].bounds))
    }

    /// Whether a boolean parameter was given as true.
    package func isTrue(_ parameter: CompleteParameter) -> Bool {
        has(parameter) && text[Int(arguments[parameter.rawValue].start)] == UInt8(ascii: "t")
    }

    /// Whether the prompt goes to the model as it is: text completion, and no chat.
    package var isRaw: Bool { isTrue(.raw) || has(.suffix) }
}
