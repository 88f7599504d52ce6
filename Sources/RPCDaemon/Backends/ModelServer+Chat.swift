import Configuration
import CrowdModelsProtocol
package import HTTP

/// How a completion is asked for.
extension ModelServer {
    /// Whether this request goes to LM Studio's own API, and not to the OpenAI one.
    private func usesOwnAPI(_ request: ChatRequest) -> Bool {
        guard kind == .lmstudio else { return false }
        return request.isStream ? !streamsTellUsage : wholesTellStats
    }

    /// The path of the API that tells most about this request: LM Studio's v0 adds stats to a whole
    /// answer, its OpenAI API adds usage to a stream.
    private func chatPath(_ request: ChatRequest, isRaw: Bool) -> String {
        (usesOwnAPI(request) ? paths.lmStudio : paths.openAI)
            + (isRaw ? "/completions" : "/chat/completions")
    }

    /// The server says that it lacks the API that was asked: from now on the other one is. False
    /// where there is no other.
    package func chooseOtherAPI(stream: Bool) -> Bool {
        guard kind == .lmstudio else { return false }
        if stream { streamsTellUsage.toggle() } else { wholesTellStats.toggle() }
        return true
    }

    /// Whether this request is asked for as a stream: also where the caller wants it whole, if the
    /// server would compute a whole answer to its end after its client has gone (llama.cpp does).
    package func streams(_ request: ChatRequest) -> Bool {
        request.isStream || kind == .llamaCpp
    }

    /// Sends the request, as text completion or as chat; the delegate hears of its answer. `slot`:
    /// what llama.cpp is to serve it with, where that was assigned.
    package func complete(
        _ request: ChatRequest, model: String, slot: Int?, isRaw: Bool,
        delegate: any ExchangeDelegate
    ) -> Exchange {
        var body = ByteBuffer(capacity: request.byteCount + 256)
        let isStream = streams(request)
        let hasUsage = !usesOwnAPI(request)
        if isRaw {
            request.writeRaw(
                model: model, stream: isStream, usageInStream: hasUsage, slot: slot, to: &body)
        } else {
            request.write(
                model: model, stream: isStream, usageInStream: hasUsage, slot: slot, to: &body)
        }
        // In pieces whatever was asked for: a server may stream unasked, and linger after its end.
        let exchange = wire.start(
            HTTPRequest(
                chatHead(chatPath(request, isRaw: isRaw)), body: body, delivery: .pieces),
            delegate)
        remember(exchange)
        return exchange
    }

    /// Sends another request of ours; the delegate hears of its answer, which comes whole.
    package func ask(
        _ request: consuming ServerRequest, delegate: any ExchangeDelegate
    ) -> Exchange {
        let head = chatHead(request.path)
        let exchange = wire.start(HTTPRequest(head, body: request.body), delegate)
        remember(exchange)
        return exchange
    }

    /// What this program is sent, and how it answers.
    package var adapter: any Adapter {
        kind.adapter(at: config.endpoint, isRouter: listing.isRouter)
    }

    private func chatHead(_ path: String) -> HTTPRequestHead {
        if let head = chatHeads[path] { return head }
        guard let head = try? requestHead(.post, path) else {
            preconditionFailure("the same host and key were sent when the models were listed")
        }
        chatHeads[path] = head
        return head
    }
}
