import CrowdModelsProtocol
import Kernel

/// One request to a server and the answer on its way.
///
/// It keeps its delegate until the last call, `cancel` or `conclude`. The request is kept until the
/// first byte of the answer, since a kept-alive connection may turn out to be dead and the request
/// go out again.
package final class Exchange {
    private(set) var request: HTTPRequest
    var delegate: (any ExchangeDelegate)?
    /// What it is on, while it is on something, which knows it too until then.
    var carrier: (any ExchangeCarrier)?
    /// Whether it must have a new connection: it went out on a kept-alive one that died, or is too
    /// large to be kept for that case.
    var needsFreshConnection: Bool
    /// The rest of the answer is read for the connection's sake alone, and nobody hears of it.
    private(set) var isConcluded = false

    /// All of the answer has come, and its end is told next: nobody need wait for it.
    package internal(set) var isEnding = false

    private let memory: MemoryAccount
    /// Bytes that `memory` counts for the request's body.
    private var held = 0

    /// A request whose body counts in `memory` until it is forgotten.
    init(
        _ request: consuming HTTPRequest, _ delegate: any ExchangeDelegate, in memory: MemoryAccount
    ) {
        self.request = request
        self.delegate = delegate
        self.memory = memory
        needsFreshConnection = self.request.body.count > HTTPLimits.resentBytesMax
        memory.change(&held, to: self.request.body.allocated)
    }

    deinit { memory.change(&held, to: 0) }

    /// Why it may not even begin: too much is held already. One that begins may be too much.
    var refusal: ExchangeError? {
        held > 0 && memory.held - held > memory.max ? .crowdedOut(max: memory.max) : nil
    }

    /// Somebody else has a copy of the request's body now, as long as the exchange lasts: it still
    /// counts.
    func handOverBody() {
        request.body.removeAll(keeping: 0)
    }

    /// The request will not go out again.
    func forgetBody() {
        request.body.removeAll(keeping: 0)
        memory.change(&held, to: 0)
    }

    /// Whether its delegate will still hear of it.
    package var isUnderWay: Bool { delegate != nil }

    /// Whether nobody waits for it any more.
    var isOver: Bool { delegate == nil && !isConcluded }

    /// Ends it wherever it is: its connection is closed at once, which is how a server is told to
    /// stop. The delegate hears nothing more.
    package func cancel() {
        let delegate = delegate.take()
        isConcluded = false
        carrier?.abandon(self)
        carrier = nil
        forgetBody()
        delegate?.exchangeLeft(self, isConcluded: false)
    }

    /// The delegate knows all that it wants, though the answer may not have ended, and hears
    /// nothing more. The connection is kept if the end comes within `HTTPLimits.lingerSeconds` and
    /// `lingerBytesMax`, and closed if not: what a server says after its last word spoils nothing.
    package func conclude() {
        guard let delegate = delegate.take() else { return }
        if let carrier {
            isConcluded = true
            carrier.conclude(self)
        }
        delegate.exchangeLeft(self, isConcluded: true)
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
        forgetBody()
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
