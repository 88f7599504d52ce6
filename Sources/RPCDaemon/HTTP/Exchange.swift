import CrowdModelsProtocol
import Kernel

/// One request to a server and the answer on its way.
///
/// It keeps its delegate until the last call, `cancel` or `conclude`. The request is kept until the
/// first byte of the answer, since a kept-alive connection may turn out to be dead and the request
/// go out again.
package final class Exchange {
    var request: HTTPRequest
    var delegate: (any ExchangeDelegate)?
    /// What it is on, while it is on something, which knows it too until then.
    var carrier: (any ExchangeCarrier)?
    /// Whether it went out on a kept-alive connection that died, so that it must have a new one.
    var needsFreshConnection = false
    /// The rest of the answer is read for the connection's sake alone, and nobody hears of it.
    private(set) var isConcluded = false

    init(_ request: consuming HTTPRequest, _ delegate: any ExchangeDelegate) {
        self.request = request
        self.delegate = delegate
    }

    /// Whether its delegate will still hear of it.
    package var isUnderWay: Bool { delegate != nil }

    /// Whether nobody waits for it any more.
    var isOver: Bool { delegate == nil && !isConcluded }

    /// Ends it wherever it is: its connection is closed at once, which is how a server is told to
    /// stop. The delegate hears nothing more.
    package func cancel() {
        delegate = nil
        isConcluded = false
        carrier?.abandon(self)
        carrier = nil
        request.body.removeAll(keeping: 0)
    }

    /// The delegate knows all that it wants, though the answer may not have ended, and hears
    /// nothing more. The connection is kept if the end comes within `HTTPLimits.lingerSeconds` and
    /// `lingerBytesMax`, and closed if not: what a server says after its last word spoils nothing.
    package func conclude() {
        guard delegate != nil else { return }
        delegate = nil
        guard let carrier else { return }
        isConcluded = true
        carrier.conclude(self)
    }

    /// Hears of no more pieces until `resume`: the next ones wait in the kernel.
    package func pause() {
        carrier?.pause(self)
    }

    /// Hears on, from the next turn on.
    package func resume() {
        carrier?.resume(self)
    }

    func fail(_ error: ExchangeError) {
        let delegate = delegate
        self.delegate = nil
        isConcluded = false
        carrier = nil
        request.body.removeAll(keeping: 0)
        delegate?.exchange(self, failed: error)
    }
}

/// What an exchange is on: a connection, or a handle of libcurl.
protocol ExchangeCarrier: AnyObject {
    func abandon(_ exchange: Exchange)
    func conclude(_ exchange: Exchange)
    func pause(_ exchange: Exchange)
    func resume(_ exchange: Exchange)
}

/// An exchange that failed as it was started, until its owner is told in the next turn: who starts
/// one decides about others when one fails, and must not do so inside the decision that started it.
final class FailedStart: Continuation {
    private let exchange: Exchange
    private let error: ExchangeError

    init(_ exchange: Exchange, _ error: ExchangeError) {
        self.exchange = exchange
        self.error = error
    }

    func continueTurn() {
        exchange.fail(error)
    }
}
