import CrowdModelsProtocol

extension Command {
    static let show = Command(
        "show", "show all that is known of a model", arguments: "MODEL", words: 1...1,
        details: "MODEL is an id or an alias. Exit 1 if there is no such model.",
        examples: ["crowd-models show qwen3-4b"]
    ) { (session) throws(Failure) in
        try session.show(.modelsGet, ["model": .string(session.words[0])]) { model in
            var listing = Listing()
            listing.append("model", model.text("id"))
            listing.append("backend", model.text("backend"))
            listing.append("state", model.text("state"))
            listing.append("type", model.text("type"))
            listing.append("publisher", model.text("publisher"))
            listing.append("arch", model.text("arch"))
            listing.append("parameters", model.text("parameters"))
            listing.append("quantization", model.text("quantization"))
            listing.append("format", model.text("format"))
            listing.append("size", model["size_bytes"]?.doubleValue.map(Units.bytes))
            listing.append("context", model.text("loaded_context_length").map { "\($0) tokens" })
            listing.append(
                "largest context", model.text("max_context_length").map { "\($0) tokens" })
            listing.append("parallel", model.text("parallel").map { "\($0) requests" })
            listing.append("capabilities", model.list("capabilities"))
            listing.append("aliases", model.list("aliases"))
            return listing.lines(session.output.style)
        }
    }
}
