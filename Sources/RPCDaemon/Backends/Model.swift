package import CrowdModelsProtocol

/// A model as a backend lists it. What the backend did not say is nil and left out.
///
/// Many properties: one for each thing that some server lists.
package struct Model: Equatable, Sendable {
    /// What it is for.
    package enum Purpose: String, Sendable {
        case llm, vlm, embeddings, unknown

        /// Whether it may answer a conversation; what is unknown gets the benefit of the doubt.
        package var canChat: Bool { self != .embeddings }
    }

    /// Whether it can answer at once.
    package enum State: String, Sendable {
        case loaded, loading, unknown
        case notLoaded = "not-loaded"
    }

    package var id: String
    package var purpose = Purpose.unknown
    package var state = State.unknown
    package var publisher: String?
    package var arch: String?
    package var quantization: String?
    package var format: String?
    package var maxContextLength: Int?
    package var loadedContextLength: Int?
    package var capabilities: [String] = []
    package var sizeBytes: Int?
    package var parameters: String?
    /// How many requests the server runs at once with it.
    package var parallel: Int?
    /// Whether its server says that it runs elsewhere: a prompt for it leaves the machine.
    package var isRemote = false

    /// Why its last load failed, where its server tells.
    package var loadFailure: String?

    package init(id: String) {
        self.id = id
    }
}

extension ModelDescription {
    /// The model as callers are told of it.
    package init(_ model: Model, backend: String, aliases: [String]) {
        self.init(
            id: model.id, backend: backend, type: model.purpose.rawValue,
            state: model.state.rawValue)
        publisher = model.publisher
        arch = model.arch
        quantization = model.quantization
        format = model.format
        maxContextLength = model.maxContextLength
        loadedContextLength = model.loadedContextLength
        capabilities = model.capabilities
        sizeBytes = model.sizeBytes
        parameters = model.parameters
        parallel = model.parallel
        isRemote = model.isRemote
        self.aliases = aliases
    }
}
