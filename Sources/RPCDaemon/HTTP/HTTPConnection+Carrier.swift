import Kernel

/// What an exchange asks of the connection that it is on.
extension HTTPConnection: ExchangeCarrier {
    /// It was cancelled: the connection closes at once.
    func abandon(_ exchange: Exchange) {
        close()
    }

    /// What is left of the answer is read for a while, so that the connection can serve again.
    func conclude(_ exchange: Exchange) {
        guard state == .busy else { return close() }
        body.concluded()
        let timer = Timer { [unowned self] in close() }
        lingerTimer = timer
        loop.set(timer, after: HTTPLimits.lingerSeconds * 1_000_000_000)
        if isPaused { resume(exchange) }
    }

    func pause(_ exchange: Exchange) {
        guard exchange.request.delivery == .pieces, !exchange.isConcluded else { return }
        isPaused = true
        if state == .busy { watch() }
    }

    func resume(_ exchange: Exchange) {
        guard isPaused else { return }
        isPaused = false
        guard state == .busy else { return }
        watch()
        do throws(Errno) {
            try stream?.heed()
        } catch {
            return close(error)
        }
        // What had come before the pause is shown first.
        if let stream, stream.unread > 0 { continueNextTurn() }
    }

    /// It cannot be heard any more, and its delegate is told in the next turn.
    private func close(_ error: Errno) {
        let exchange = detach()
        close()
        if let exchange { loop.inNextTurn(FailedStart(exchange, ExchangeError(error))) }
    }
}
