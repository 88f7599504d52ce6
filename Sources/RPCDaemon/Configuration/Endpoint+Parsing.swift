/// Why a text is no endpoint, and what to write instead; never repeats a password.
package struct EndpointProblem: Error, Equatable, CustomStringConvertible {
    package var message: String
    package var description: String { message }
}

extension Endpoint {
    /// Reads `http://host:port/path`, `https://…` or `unix:/path`.
    package init(_ text: String) throws(EndpointProblem) {
        guard !text.isEmpty else {
            throw EndpointProblem(message: "is empty; write http://localhost:1234")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw EndpointProblem(
                message: "has a space, a control character or a letter beyond ASCII; "
                    + "write such a host name in its xn-- form and such a path with %XX")
        }
        let bytes = text.utf8
        let lowered = text.lowercased()
        if lowered.hasPrefix("unix:") {
            try self.init(unix: String(bytes.dropFirst(5)) ?? "", original: text)
        } else if lowered.hasPrefix("http://") {
            try self.init(.http, String(bytes.dropFirst(7)) ?? "", original: text)
        } else if lowered.hasPrefix("https://") {
            try self.init(.https, String(bytes.dropFirst(8)) ?? "", original: text)
        } else {
            throw Endpoint.schemeProblem(text)
        }
    }

    private init(
        _ scheme: Scheme, _ rest: String, original: String
    ) throws(EndpointProblem) {
        let authorityEnd = rest.utf8.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        if authority.utf8.contains(UInt8(ascii: "@")) {
            throw EndpointProblem(
                message: "has a user or password before `@`; leave it out and use api_key")
        }
        let (host, port) = try Endpoint.hostAndPort(authority, scheme)
        self.scheme = scheme
        self.host = host
        self.port = port
        socketPath = ""
        basePath = try Endpoint.basePath(String(rest[authorityEnd...]))
        self.original = original
    }

    /// `/path`, `///path`, and `/path:/v1` for a server whose API is not at its root.
    private init(unix rest: String, original: String) throws(EndpointProblem) {
        var path = rest[...]
        if path.hasPrefix("///") { path = path.dropFirst(2) }
        guard path.hasPrefix("/"), !path.hasPrefix("//") else {
            throw EndpointProblem(
                message: "needs the absolute path of a socket: unix:/run/server.sock")
        }
        var base = ""
        if let colon = path.utf8.indices.first(where: { path[$0...].hasPrefix(":/") }) {
            base = try Endpoint.basePath(String(path[path.index(after: colon)...]))
            path = path[..<colon]
        }
        guard path.utf8.count <= Limits.socketPathBytesMax else {
            throw EndpointProblem(
                message: "has a socket path of \(path.utf8.count) bytes; the system allows "
                    + "\(Limits.socketPathBytesMax)")
        }
        scheme = .unix
        host = "localhost"
        port = 0
        socketPath = String(path)
        basePath = base
        self.original = original
    }

    private static func hostAndPort(
        _ authority: Substring, _ scheme: Scheme
    ) throws(EndpointProblem) -> (String, Int) {
        var host = authority
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else {
                throw EndpointProblem(message: "has `[` without `]` around an IPv6 address")
            }
            host = authority[authority.index(after: authority.startIndex)..<close]
            let rest = authority[authority.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw EndpointProblem(message: "has something between `]` and the port")
            }
            guard InternetAddress.isIPv6(host) else {
                throw EndpointProblem(message: "has no valid IPv6 address between [ and ]")
            }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
            if port?.contains(":") == true {
                throw EndpointProblem(
                    message: "has more than one colon; an IPv6 address stands in brackets: "
                        + "http://[::1]:1234")
            }
        }
        guard host.hasPrefix("[") || authority.hasPrefix("[") || InternetAddress.isHost(host)
        else {
            throw EndpointProblem(
                message: host.isEmpty
                    ? "has no host; write http://localhost:1234"
                    : "has a host that is neither a name nor an address")
        }
        return (host.lowercased(), try portNumber(port, scheme))
    }

    private static func portNumber(
        _ text: Substring?, _ scheme: Scheme
    ) throws(EndpointProblem) -> Int {
        guard let text else { return scheme.defaultPort }
        guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy(TOMLParser.isDigit),
            let port = Int(text), (1...65535).contains(port)
        else {
            throw EndpointProblem(message: "has a port that is not a number from 1 to 65535")
        }
        return port
    }

    private static func basePath(_ text: String) throws(EndpointProblem) -> String {
        if text.utf8.contains(UInt8(ascii: "?")) || text.utf8.contains(UInt8(ascii: "#")) {
            throw EndpointProblem(
                message: "has a query or a fragment (`?…`, `#…`); leave it out")
        }
        let forbidden = "\"<>\\^`{|}"
        guard !text.utf8.contains(where: { forbidden.utf8.contains($0) }), hasValidEscapes(text)
        else {
            throw EndpointProblem(
                message: "has a character in its path that has to be written as %XX")
        }
        var path = text[...]
        while path.hasSuffix("/") { path.removeLast() }
        if path.hasSuffix("/chat/completions") {
            throw EndpointProblem(
                message: "names one method of the API; leave /chat/completions out")
        }
        return String(path)
    }

    private static func hasValidEscapes(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.indices.allSatisfy { index in
            guard bytes[index] == UInt8(ascii: "%") else { return true }
            return index + 2 < bytes.count
                && TOMLParser.digit(bytes[index + 1], radix: 16) != nil
                && TOMLParser.digit(bytes[index + 2], radix: 16) != nil
        }
    }

    private static func schemeProblem(_ text: String) -> EndpointProblem {
        let lowered = text.lowercased()
        for scheme in ["http", "https"] where lowered.hasPrefix(scheme + ":") {
            return EndpointProblem(message: "needs two slashes after \(scheme): \(scheme)://")
        }
        if text.hasPrefix("/") {
            return EndpointProblem(message: "has no scheme; a socket is written unix:/path")
        }
        if let range = text.firstIndex(of: ":"), text[range...].hasPrefix("://") {
            return EndpointProblem(
                message:
                    "has a scheme that is not known; known are http://, https:// and unix:/path")
        }
        let repeats = text.utf8.contains(UInt8(ascii: "@")) ? "http://…" : "http://\(text)"
        return EndpointProblem(message: "has no scheme; did you mean `\(repeats)`?")
    }
}
