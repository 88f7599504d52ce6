import CrowdModelsProtocol

/// Why a generation ended, as callers are told.
package enum FinishReason: String, Sendable {
    case stop, length, cancelled
    case toolCalls = "tool_calls"
}

/// A server's own word for why it stopped, understood.
struct FinishWord: Equatable {
    enum Meaning: Equatable {
        case stop, length, toolCalls
        /// The server broke off.
        case failure
        /// Nobody knows; it counts as a stop.
        case unknown
    }

    let meaning: Meaning
    /// As it came, shortened.
    let word: String

    /// Understands a string token that is not empty; nil where it says that there is none.
    init?(_ token: Span<UInt8>) {
        if token.reads("stop") {
            // Nearly every answer ends so.
            (meaning, word) = (.stop, "stop")
            return
        }
        word = JSONText.string(token).shortened(to: GenerationLimits.nameBytesMax)
        if ["null", "none"].contains(word.lowercased()) { return nil }
        meaning = Self.meanings[word.lowercased()] ?? .unknown
    }

    private static let meanings: [String: Meaning] = [
        "stop": .stop, "eos": .stop, "eos_token": .stop, "stop_sequence": .stop, "end_turn": .stop,
        "stop_token": .stop, "completed": .stop, "eosfound": .stop, "stopstringfound": .stop,
        "length": .length, "max_tokens": .length, "max_length": .length, "model_length": .length,
        "max_output_tokens": .length, "max_new_tokens": .length, "max_completion_tokens": .length,
        "maxpredictedtokensreached": .length, "contextlengthreached": .length, "limit": .length,
        "tool_calls": .toolCalls, "tool_call": .toolCalls, "tool_use": .toolCalls,
        "function_call": .toolCalls, "toolcalls": .toolCalls,
        "error": .failure, "abort": .failure, "aborted": .failure, "failed": .failure,
    ]
}

extension String {
    /// It, or its front and an ellipsis where it has more than `count` bytes.
    func shortened(to count: Int) -> String {
        if utf8.count <= count { return self }
        var length = 0
        var front = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            length += UTF8.width(scalar)
            if length > count { break }
            front.append(scalar)
        }
        return String(front) + "…"
    }
}
