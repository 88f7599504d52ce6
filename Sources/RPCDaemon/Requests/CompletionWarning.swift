import CrowdModelsProtocol

/// What the daemon saw of an answer that is not what was asked for; one WARN line each, too.
package struct CompletionWarning: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Another model answered than the one that was asked.
        case modelSubstituted = "model_substituted"
        /// The server read less of the prompt than it was sent.
        case promptTruncated = "prompt_truncated"
        /// The text is not what `response_format` describes.
        case schemaViolated = "schema_violated"
        /// A tool call came as text.
        case toolCallInText = "tool_call_in_text"
        /// The server's word for the end is not known, and counts as a stop.
        case finishUnknown = "finish_unknown"
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// As callers are told of it.
    var shape: CompleteWarning { CompleteWarning(kind: kind.rawValue, message: message) }

    /// Whether a server that names `served` serves what was asked for as `model`: Ollama's
    /// implied `:latest` is the same model, and so is the revision that Transformers adds.
    package static func isSame(_ served: String, _ model: String) -> Bool {
        served == model || served + ":latest" == model || served == model + ":latest"
            || served == model + "@main"
    }
}
