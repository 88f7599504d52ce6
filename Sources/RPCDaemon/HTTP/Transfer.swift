package import CrowdModelsProtocol

/// Why a request to a server got no answer, or not all of it.
package enum TransferError: Error, Equatable, Sendable {
    /// No connection: the system's words, such as `Connection refused`.
    case connect(String)
    /// No connection within the time allowed for it.
    case connectTimeout
    /// The connection broke after the request was sent: the system's words.
    case broken(String)
    /// What came is no HTTP answer, or was cut.
    case answer(HTTPParseError)
    /// The answer is over `HTTPLimits.answerBytesMax`.
    case answerTooLarge

    /// The reason in a few words, for a log line.
    package var message: String {
        switch self {
        case .connect(let words), .broken(let words): words
        case .connectTimeout: "Connection timed out"
        case .answer(let error): error.description
        case .answerTooLarge: "the answer is over \(HTTPLimits.answerBytesMax) bytes"
        }
    }
}

/// Who asked, and hears what becomes of it, on the loop. After the last call it hears nothing more.
package protocol TransferDelegate: AnyObject {
    /// The request goes out on a connection. Said again if a stale connection made it go out twice.
    func transferSent(_ transfer: Transfer)
    /// The head of the answer is there. Only for transfers that stream.
    func transfer(_ transfer: Transfer, began head: HTTPResponseHead)
    /// A piece of the body, as long as the call lasts. Only for transfers that stream.
    func transfer(_ transfer: Transfer, received bytes: Span<UInt8>)
    /// The answer is complete; `body` is all of it, or empty for transfers that stream. Last call.
    func transfer(_ transfer: Transfer, ended head: HTTPResponseHead, body: Span<UInt8>)
    /// There will be no answer, or no more of it. Last call.
    func transfer(_ transfer: Transfer, failed error: TransferError)
}

/// One request to a server and the answer on its way.
///
/// It keeps its delegate until its last call or `cancel`. Its bytes are kept until the first byte
/// of the answer, since a kept-alive connection may turn out to be dead and the request go out
/// again.
package final class Transfer {
    /// How the body is handed out.
    package enum Delivery: Equatable, Sendable {
        /// Whole, at the end.
        case whole
        /// In pieces, as they come.
        case pieces
    }

    /// Head and body as they go out.
    var request: ByteBuffer
    let delivery: Delivery
    var delegate: (any TransferDelegate)?
    /// The connection it is on, while it is on one.
    weak var connection: HTTPConnection?
    /// Whether it went out on a kept-alive connection that died, so that it must have a new one.
    var needsFreshConnection = false

    /// A request that `ConnectionPool.start` sends.
    package init(
        request: consuming ByteBuffer, delivery: Delivery, delegate: any TransferDelegate
    ) {
        self.request = request
        self.delivery = delivery
        self.delegate = delegate
    }

    /// Ends it wherever it is: its connection is closed at once, which is how a server is told to
    /// stop. The delegate hears nothing more.
    package func cancel() {
        delegate = nil
        connection?.abandon()
        connection = nil
    }

    /// Reads no more from the server until `resume`: its next pieces wait in the kernel.
    package func pause() {
        connection?.pause()
    }

    /// Reads on.
    package func resume() {
        connection?.resume()
    }

    func fail(_ error: TransferError) {
        let delegate = delegate
        self.delegate = nil
        connection = nil
        delegate?.transfer(self, failed: error)
    }
}
