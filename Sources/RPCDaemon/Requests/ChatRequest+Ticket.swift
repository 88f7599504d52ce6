package import Backends
package import Configuration
import CrowdModelsProtocol
package import Scheduling

extension ChatRequest {
    /// What the scheduler needs to know of it. Times are nanoseconds of the loop's clock.
    package func ticket(
        key: UInt64, caller: Caller, aliases: [Config.Alias], arrivedAt: UInt64
    ) -> Ticket {
        var model = string(.model)
        var fallbacks: [String] = []
        if let name = model, !aliases.isEmpty {
            fallbacks = aliases.chain(for: name)
            model = fallbacks.removeFirst()
        }
        let tokensMax = integer(.maxTokens) ?? integer(.maxCompletionTokens)
        // In one piece: a large struct that is filled in one by one is copied in between.
        return Ticket(
            key: key, caller: caller, model: model, expiresAt: arrivedAt &+ patience,
            fallbacks: fallbacks, needs: has(.suffix) ? [.chat, .infill] : .chat,
            backend: string(.backend), session: string(.session),
            priority: string(.priority) == "batch" ? .batch : .interactive,
            deadline: integer(.deadlineMilliseconds).map {
                arrivedAt &+ UInt64(clamping: $0) &* 1_000_000
            },
            tokensMax: tokensMax.flatMap { $0 > 0 ? $0 : nil }, wantsProgress: isTrue(.progress))
    }

    /// Nanoseconds after its arrival at which its caller gives up.
    private var patience: UInt64 {
        UInt64(clamping: integer(.timeoutMilliseconds) ?? Self.timeoutDefault) &* 1_000_000
    }

    /// Milliseconds: as long as the slowest answers of large models take (protocol, 5).
    private static let timeoutDefault = 300_000
}
