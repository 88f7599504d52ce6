/// Why a server's models could not be listed.
package enum DiscoveryFailure: Equatable, Sendable {
    /// No answer; the system's words, such as `Connection refused`.
    case unreachable(String)
    /// It is not believed, or cannot be asked in secret: why, and what to do.
    case tls(String)
    /// The daemon itself lacks what asking takes, such as file descriptors: the system's words.
    case lacking(String)
    /// The server sends its callers elsewhere: the status, and where to.
    case redirected(Int, String)
    /// An answer with a status that is no success, and what it says beside.
    case status(Int, words: String?)
    /// The key was refused, or one is wanted (401, 403).
    case unauthorized(Int)
    /// A Crowd Models Executor answers, this one or another.
    case executor
    /// An answer that is no list of models: what it says.
    case notAList(String)

    /// One line for the log and for `last_error`, as the guide words them.
    package func message(product: String) -> String {
        switch self {
        case .unreachable(let words), .lacking(let words): "Model discovery failed: \(words)"
        case .tls(let words): "Model discovery failed: TLS: \(words)"
        case .redirected(let status, let location):
            "Failed to fetch models from \(product): \(status), redirected to \(location)"
        case .executor:
            "Model discovery failed: a Crowd Models Executor answers there, which is no model "
                + "server"
        case .status(let status, let words?) where status != 404:
            "Failed to fetch models from \(product): \(status) (\(words))"
        case .status(let status, _), .unauthorized(let status):
            "Failed to fetch models from \(product): \(status)"
        case .notAList(let words): "Failed to fetch models from \(product): \(words)"
        }
    }
}
