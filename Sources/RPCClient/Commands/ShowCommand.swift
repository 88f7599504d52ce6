import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let show = Command(
        "show", "show all that is known of a model", arguments: "MODEL", words: 1...1,
        details: "MODEL is an id or an alias. Exit 1 if there is no such model.",
        examples: ["crowd-models show qwen3-4b"]
    ) { (session) throws(Failure) in
        try session.show(.modelsGet, ["model": .string(session.words[0])]) {
            (model: ModelDescription) in
            func tokens(_ count: Int?) -> String? { count.map { "\($0) tokens" } }
            var listing = Listing()
            listing.append("model", model.id)
            listing.append("backend", model.backend)
            listing.append("state", model.state)
            listing.append("type", model.type)
            listing.append("publisher", model.publisher)
            listing.append("arch", model.arch)
            listing.append("parameters", model.parameters)
            listing.append("quantization", model.quantization)
            listing.append("format", model.format)
            listing.append("size", model.sizeBytes.map { Units.bytes(Double($0)) })
            listing.append("context", tokens(model.loadedContextLength))
            listing.append("largest context", tokens(model.maxContextLength))
            listing.append("parallel", model.parallel.map { "\($0) requests" })
            listing.append("capabilities", model.capabilities.joined(separator: ", "))
            listing.append("aliases", model.aliases.joined(separator: ", "))
            return listing.lines(session.output.style)
        }
    }
}
