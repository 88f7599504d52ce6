import Kernel

/// Why a request to a server got no answer, or not all of it.
package enum ExchangeError: Error, Equatable, Sendable {
    /// No connection: the system's words, such as `Connection refused`.
    case connect(String)
    /// No connection within the time allowed for it.
    case connectTimeout
    /// No connection, and it is this process or machine that lacks what one takes, such as file
    /// descriptors: the system's words. It says nothing of the server.
    case lacking(String)
    /// The connection broke after the request was sent: the system's words.
    case broken(String)
    /// What came is no HTTP answer, or was cut.
    case answer(HTTPParseError)
    /// The server was not believed, or cannot be asked in secret: why, and what to do.
    case tls(String)
    /// The answer is over what the request allowed, in bytes.
    case answerTooLarge(max: Int)
    /// All that is held together would be more than may be, in bytes: the answer was given up,
    /// which says nothing of the server.
    case crowdedOut(max: Int)

    /// The answer is encoded, though nobody asked for that, and cannot be unpacked: how it says it
    /// is.
    case encoding(String)

    /// Why a connection could not be made.
    init(_ error: Errno) {
        switch error {
        case .tooManyFilesHere, .tooManyFilesAnywhere, .noMemory, .noBuffers:
            self = .lacking(error.message)
        default: self = .connect(error.message)
        }
    }

    /// The reason in a few words, for a log line.
    package var message: String {
        switch self {
        case .connect(let words), .broken(let words): words
        case .connectTimeout: "Connection timed out"
        case .lacking(let words): "the daemon itself lacks what a connection takes: \(words)"
        case .answer(let error): error.description
        case .answerTooLarge(let max): "the answer is over \(max) bytes"
        case .tls(let words): "TLS: \(words)"
        case .crowdedOut(let max): "the daemon holds as much as it may (memory_max \(max))"
        case .encoding(let name):
            "the answer is compressed (Content-Encoding: \(name)), which nobody asked for, and "
                + "cannot be unpacked"
        }
    }
}
