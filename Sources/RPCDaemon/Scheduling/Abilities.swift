/// What a model can do, or what a request needs of one.
package struct Abilities: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Answers a conversation.
    package static let chat = Abilities(rawValue: 1)
    /// Sees images.
    package static let vision = Abilities(rawValue: 2)
    /// Calls tools.
    package static let tools = Abilities(rawValue: 4)
    /// Turns text into vectors.
    package static let embeddings = Abilities(rawValue: 8)
    /// Ranks documents.
    package static let rerank = Abilities(rawValue: 16)
    /// Continues raw text.
    package static let textCompletion = Abilities(rawValue: 32)
    /// Fills in between a prompt and a suffix.
    package static let infill = Abilities(rawValue: 64)
    /// Is loaded and unloaded when its server is told to.
    package static let loading = Abilities(rawValue: 128)

    /// The names, as an error's `what` has them, in the order of the bits.
    package var names: [String] {
        let all = [
            "complete", "vision", "tools", "embed", "rerank", "raw", "suffix", "models.load",
        ]
        return all.enumerated().filter { rawValue & (1 << UInt16($0.offset)) != 0 }.map(\.element)
    }
}
