/// Where a model server listens: a URL taken apart and checked, so that nobody has to do it again.
package struct Endpoint: Equatable, Sendable, CustomStringConvertible {
    /// How one speaks to it.
    package enum Scheme: String, Sendable {
        case http, https, unix
    }

    package let scheme: Scheme
    /// In lower case; an IPv6 address without its brackets; `localhost` for `unix`.
    package let host: String
    /// 1 to 65535; 0 for `unix`.
    package let port: Int
    /// The absolute path of the socket for `unix`, else empty.
    package let socketPath: String
    /// The path below which the server's API lies, as it was written but for slashes at its end:
    /// empty, or `/v1`.
    package let basePath: String
    /// What stood in the configuration.
    package let original: String

    package var description: String { original }

    /// What belongs into an HTTP `Host` field: the port is left out where it is the usual one.
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == 0 || port == scheme.defaultPort ? name : "\(name):\(port)"
    }

    /// Whether it is this machine as `localhost` is, in whichever spelling, or a socket of it.
    package var isLocal: Bool { scheme == .unix || InternetAddress.isLoopback(host) }
}

extension Endpoint.Scheme {
    /// The port where none is given; 0 for `unix`.
    package var defaultPort: Int {
        switch self {
        case .http: 80
        case .https: 443
        case .unix: 0
        }
    }
}

extension Endpoint {
    /// The server itself, whichever of its APIs an endpoint named: equal roots, same server.
    package struct ServerRoot: Hashable, Sendable, CustomStringConvertible {
        package let scheme: Scheme
        package let host: String
        package let port: Int
        package let socketPath: String
        /// What a proxy put before the API's own path, or empty.
        package let prefix: String

        package var description: String {
            let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
            return scheme == .unix
                ? "unix:\(socketPath)\(prefix.isEmpty ? "" : ":" + prefix)"
                : "\(scheme.rawValue)://\(name):\(port)\(prefix)"
        }
    }

    /// The endpoint without the path of one of LM Studio's APIs (`/v1`, `/api/v0`, `/api/v1`).
    package var serverRoot: ServerRoot {
        let api = ["/api/v0", "/api/v1", "/v1"].first(where: basePath.hasSuffix)
        return ServerRoot(
            scheme: scheme, host: host, port: port, socketPath: socketPath,
            prefix: String(basePath.utf8.dropLast(api?.utf8.count ?? 0)) ?? basePath)
    }

    /// Whether both are the same server, the names of the loopback interface being one.
    package func isSameServer(as other: Endpoint) -> Bool {
        let (a, b) = (serverRoot, other.serverRoot)
        let isSameHost = a.host == b.host || (isLocal && other.isLocal)
        return isSameHost && a.scheme == b.scheme && a.port == b.port
            && a.socketPath == b.socketPath && a.prefix == b.prefix
    }
}
