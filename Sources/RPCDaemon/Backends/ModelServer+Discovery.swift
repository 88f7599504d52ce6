import Configuration
import CrowdModelsProtocol
import HTTP
import Kernel

/// How a look at the server is carried out; `Listing` says what is asked.
extension ModelServer {
    func askForModels() {
        follow(listing.begin())
    }

    func follow(_ step: Listing.Step) {
        switch step {
        case .unfinished: startReading()
        case .ask(let path):
            get(path)
        case .listed(let changed):
            do throws(ExchangeError) {
                try learn()
                finish(.listed(changed: changed || state != .up))
            } catch {
                finish(.failed(.lacking(error.message)))
            }
        case .failed(.status(let status, _)) where isServing && (status == 429 || status == 503):
            stayAsItIs()
        case .failed(let failure): finish(.failed(failure))
        }
    }

    private func get(_ path: String) {
        guard let head = try? requestHead(.get, path) else {
            // In the next turn, as whatever else fails at once: who asks goes on deciding.
            return loop.inNextTurn(
                RefusedLook(self, .notAList("the endpoint or the API key cannot be sent")))
        }
        var request = HTTPRequest(head)
        let isList = listing.asksForList
        request.answerBytesMax = isList ? listBytesMax : min(listBytesMax, Listing.detailBytesMax)
        request.errorBytesMax = errorBytesMax
        let startedAt = Clock.monotonic()
        // Cancelled when the server goes. Not `weak`: what was ever held so counts its references
        // beside itself from then on, by instructions that lock.
        inquiry = Inquiry(request, to: wire, on: loop) { [unowned self] result, body in
            noteLook(path, result, body.count, Clock.monotonic() - startedAt)
            switch result {
            case .failure(.answerTooLarge) where !isList:
                // As good as none: what it would tell beside the list is short.
                follow(listing.take(status: 413, location: nil, Span()))
            case .failure(.lacking(let words)): finish(.failed(.lacking(words)))
            case .failure(.tls(let words)): finish(.failed(.tls(words)))
            case .failure(.crowdedOut(let max)):
                finish(.failed(.lacking(ExchangeError.crowdedOut(max: max).message)))
            case .failure(let error):
                if case .connect = error {
                    finish(.failed(.unreachable(error.message)))
                } else if isServing {
                    // Busy is not down: it does one thing at a time, and that is ours.
                    stayAsItIs()
                } else if listing.goesOnWithoutAnswer, error != .connectTimeout {
                    follow(listing.take(status: 0, location: nil, Span()))
                } else {
                    finish(.failed(.unreachable(error.message)))
                }
            case .success(let head) where head.isExecutor:
                // It would wait for itself, or two of a kind for one another.
                finish(.failed(.executor))
            case .success(let head):
                follow(listing.take(status: head.status, location: head.location, body))
            }
        }
    }

    /// Tells who watches of a look that went otherwise than the last one there: one comes every
    /// second.
    private func noteLook(
        _ path: String, _ result: Result<HTTPResponseHead, ExchangeError>, _ bytes: Int,
        _ nanoseconds: UInt64
    ) {
        guard let watcher, watcher.wantsExchanges else { return }
        let status = (try? result.get())?.status
        guard lookedAt.updateValue(status, forKey: path) != .some(status) else { return }
        var end = ExchangeNote.End.ended
        if case .failure(let error) = result { end = .failed(error.message) }
        watcher.exchanged(
            ExchangeNote(
                backend: config.name, key: nil, method: HTTPRequestHead.Method.get.rawValue,
                path: path, status: status, bytes: bytes, nanoseconds: nanoseconds, end: end))
    }

    /// The head of requests to `path`, with the key. `trace`: the W3C trace that one belongs to.
    func requestHead(
        _ method: HTTPRequestHead.Method, _ path: String, trace: String? = nil
    ) throws(HTTPRequestHead.Refusal) -> HTTPRequestHead {
        var fields: [(name: String, value: String)] =
            method == .post
            ? [("Content-Type", "application/json"), ("Accept", "application/json")]
            : [("Accept", "application/json")]
        if let trace { fields.append(("traceparent", trace)) }
        return try HTTPRequestHead(
            method, target: path, host: paths.host, fields: fields,
            authorization: key.map { Array("Bearer \($0.revealed)".utf8) },
            hasBody: method == .post)
    }
}

/// A look that could not be made, until its askers are told in the next turn.
private final class RefusedLook: Continuation {
    private let server: ModelServer
    private let failure: DiscoveryFailure

    init(_ server: ModelServer, _ failure: DiscoveryFailure) {
        self.server = server
        self.failure = failure
    }

    func continueTurn() {
        server.finish(.failed(failure))
    }
}
