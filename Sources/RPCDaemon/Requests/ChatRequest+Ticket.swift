package import Backends
package import Configuration
import CrowdModelsProtocol
package import Scheduling

extension ChatRequest {
    /// What the scheduler needs to know of it. Times are nanoseconds of the loop's clock.
    package func ticket(
        key: UInt64, caller: Caller, aliases: [Config.Alias], arrivedAt: UInt64
    ) -> Ticket {
        var ticket = Ticket(
            key: key, caller: caller, model: nil, expiresAt: arrivedAt &+ patience)
        if let name = string(.model) {
            ticket.model = name
            if !aliases.isEmpty {
                let chain = aliases.chain(for: name)
                ticket.model = chain[0]
                ticket.fallbacks = Array(chain.dropFirst())
            }
        }
        if has(.suffix) { ticket.needs.insert(.infill) }
        ticket.backend = string(.backend)
        ticket.priority = string(.priority) == "batch" ? .batch : .interactive
        ticket.deadline = integer(.deadlineMilliseconds).map {
            arrivedAt &+ UInt64(clamping: $0) &* 1_000_000
        }
        let tokensMax = integer(.maxTokens) ?? integer(.maxCompletionTokens)
        ticket.tokensMax = tokensMax.flatMap { $0 > 0 ? $0 : nil }
        ticket.session = string(.session)
        ticket.wantsProgress = isTrue(.progress)
        return ticket
    }

    /// Nanoseconds after its arrival at which its caller gives up.
    private var patience: UInt64 {
        UInt64(clamping: integer(.timeoutMilliseconds) ?? Self.timeoutDefault) &* 1_000_000
    }

    /// Milliseconds: as long as the slowest answers of large models take (protocol, 5).
    private static let timeoutDefault = 300_000
}
