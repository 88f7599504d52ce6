import Backends
import CrowdModelsProtocol

extension RequestJob {
    /// The guide's line about an answer that is complete; a part that nobody knows is left out.
    package var completionLine: String? {
        guard work.isGeneration, let numbers else { return nil }
        var line = ByteBuffer(capacity: 160)
        line.append("LLM request completed: ")
        line.append(decimal: numbers.totalTokens ?? 0)
        line.append(" tokens used")
        if let speed = numbers.tokensPerSecond {
            line.append(", ")
            line.append(fixed: speed, decimals: 2)
            line.append(" tokens/sec")
        }
        if let first = numbers.timeToFirstToken {
            line.append(", ")
            line.append(fixed: first, decimals: 3)
            line.append("s to first token")
        }
        if let arch = numbers.arch ?? listedModel?.arch {
            line.append(", architecture: ")
            line.append(utf8: arch)
        }
        return line.text
    }

    /// The model that it goes to, as its backend lists it.
    var listedModel: Model? {
        backend?.offered.first { $0.id == model }
    }
}
