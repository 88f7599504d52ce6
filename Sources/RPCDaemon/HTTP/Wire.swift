/// A way to one server, over which any number of requests go at once.
///
/// How many are under way is the scheduler's affair.
package protocol Wire: AnyObject {
    /// Sends `request`; `delegate` hears what becomes of it. A failure is never told within: what
    /// fails at once fails in the next turn.
    func start(
        _ request: consuming HTTPRequest, _ delegate: any ExchangeDelegate
    ) -> Exchange

    /// Closes what is kept for later requests; those under way go on.
    func closeIdle()
}

/// Who asked, and hears what becomes of it, on the loop. After the last call it hears nothing more,
/// and nothing but `exchangeLeft` once the exchange was cancelled or concluded.
package protocol ExchangeDelegate: AnyObject {
    /// The request goes out on a connection; may be told within `start`. Said again if a stale
    /// connection made it go out twice.
    func exchangeSent(_ exchange: Exchange)
    /// The head of the answer is there. Only where pieces are wanted.
    func exchange(_ exchange: Exchange, began head: HTTPResponseHead)
    /// A piece of the body, as long as the call lasts. Only where pieces are wanted.
    func exchange(_ exchange: Exchange, received bytes: Span<UInt8>)
    /// The answer is complete; `body` is all of it, or empty where pieces are wanted. Last call.
    func exchange(_ exchange: Exchange, ended head: HTTPResponseHead, body: Span<UInt8>)
    /// There will be no answer, or no more of it. Last call.
    func exchange(_ exchange: Exchange, failed error: ExchangeError)
    /// Its owner has cancelled or concluded it. Last call; for who only looks on.
    func exchangeLeft(_ exchange: Exchange, isConcluded: Bool)
}

extension ExchangeDelegate {
    package func exchangeLeft(_ exchange: Exchange, isConcluded: Bool) {}
}
