import Configuration
import Kernel

/// A place that a model server may listen at, and what is known of it.
struct SearchPlace: Sendable {
    /// What was found out about who listens.
    enum Standing: Sendable {
        /// Nothing. Left by a listener.
        case vacant
        /// Left by the last answer.
        case asking(Fingerprint)
        /// Nobody answers yet, and only asking tells. Left by the next look.
        case tried
        /// No model server. Left when it was seen gone, or at that time.
        case nothing(until: UInt64)
        /// A Crowd Models Executor. Left when it was seen gone.
        case executor
        /// The same server as at that place. Left when either was seen gone.
        case twin(of: Int)
        /// A backend of that name. Left when it was seen gone.
        case backend(String, ServerKind)
    }

    let endpoint: Endpoint
    /// How the kernel tells whether somebody listens; nil for other machines, names and Unix
    /// sockets.
    let address: SocketAddress?
    /// Whether the user named it as one of a model server.
    let isNamed: Bool
    var standing = Standing.vacant
    /// Which listener is there; nil for none. 0 where only asking could tell.
    var listener: UInt64?
    /// Whether nobody answers here, though somebody seems to listen: what is bound to any IPv6
    /// address may have said no to IPv4.
    var isDeaf = false
    /// Whether it is configured: then it is a backend by that, and not asked here.
    var isConfigured = false

    var isAsking: Bool {
        if case .asking = standing { true } else { false }
    }

    /// Whether only asking tells if somebody listens, on another machine.
    var isRemote: Bool { address == nil && endpoint.scheme != .unix }
}
