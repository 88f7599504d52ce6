package import CrowdModelsProtocol

/// Models as a table, and one model as all that is known of it.
package enum ModelsView {
    package static func lines(_ models: [ModelDescription], _ layout: Layout) -> [String] {
        if models.isEmpty { return [] }
        var table = Table(
            .text("MODEL", isCuttable: true), .state("STATE"), .text("TYPE", surplus: 4),
            .text("ARCH", surplus: 7), .text("QUANT", surplus: 6), .number("SIZE", surplus: 3),
            .number("CONTEXT", surplus: 1), .text("BACKEND", surplus: 2),
            .text("ALIASES", surplus: 5))
        for model in models {
            table.append(
                model.id, model.state, model.type, model.arch, model.quantization,
                model.sizeBytes.map { Units.bytes(Double($0)) }, contextLengths(model),
                model.backend, model.aliases.joined(separator: ", "))
        }
        return table.lines(layout)
    }

    package static func lines(_ model: ModelDescription, _ layout: Layout) -> [String] {
        func tokens(_ count: Int?) -> String? { count.map { Units.count($0, "token") } }
        var listing = Listing()
        listing.append("model", model.id)
        listing.append("backend", model.backend)
        listing.append("state", model.state, isState: true)
        listing.append("type", model.type)
        listing.append("publisher", model.publisher)
        listing.append("arch", model.arch)
        listing.append("parameters", model.parameters)
        listing.append("quantization", model.quantization)
        listing.append("format", model.format)
        listing.append("size", model.sizeBytes.map { Units.bytes(Double($0)) })
        listing.append("context", tokens(model.loadedContextLength))
        listing.append("largest context", tokens(model.maxContextLength))
        listing.append("parallel", model.parallel.map { Units.count($0, "request") })
        listing.append("capabilities", model.capabilities.joined(separator: ", "))
        listing.append("aliases", model.aliases.joined(separator: ", "))
        return listing.lines(layout)
    }

    private static func contextLengths(_ model: ModelDescription) -> String {
        if model.loadedContextLength == nil, model.maxContextLength == nil { return "" }
        return [model.loadedContextLength, model.maxContextLength]
            .map { $0.map(String.init) ?? "-" }.joined(separator: "/")
    }
}
