import CrowdModelsProtocol
import Kernel
import Sessions

/// What one `POST /rpc` says: a request or a batch of JSON-RPC, answered when all of it is.
///
/// Its exchange keeps it; it ends with the answer, or with the client.
final class DoorConversation: Outlet {
    private unowned let exchange: DoorExchange
    private let conversation: Conversation
    private var isTaken = false

    init(_ exchange: DoorExchange) {
        self.exchange = exchange
        conversation = Conversation(exchange.peer, at: exchange.desk, canNotify: false)
        conversation.outlet = self
    }

    /// Handles the body, or goes on with it; false if it is to be shown again in another turn.
    func take(_ body: Span<UInt8>, _ budget: inout TurnBudget) -> Bool {
        if JSONText.skippingSpace(body) == body.count {
            conversation.skip(Fault(.parseError, "the body is empty"))
            isTaken = true
        } else {
            isTaken = conversation.take(body, &budget)
        }
        return isTaken
    }

    /// Answers once nothing is in flight: 204 where nobody waits for an answer.
    func answerIfDone() {
        guard isTaken, conversation.inFlightCount == 0 else { return }
        let bytes = conversation.takeOutput()
        conversation.end()
        exchange.answer(bytes.isEmpty ? 204 : 200, bytes.span)
    }

    func outputGrew() {
        answerIfDone()
    }

    /// Its answer goes out whole.
    func flush() {}

    func hangUp() {
        exchange.door?.close()
    }

    /// Abandons all that was asked for.
    func end() {
        conversation.end()
    }
}
