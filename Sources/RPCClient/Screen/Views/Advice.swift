package import CrowdModelsProtocol

/// What a person can do about a model server, told by its last error as the daemon words it.
package enum Advice {
    /// What mends a server that is down, or shows more of why.
    package static func mending(_ backend: BackendDescription) -> String {
        let error = backend.lastError ?? ""
        let endpoint = backend.endpoint
        if error.contains("libcurl4") { return "apt install libcurl4" }
        if error.contains("TLS: ") {
            return "look at its certificate: openssl s_client -connect \(place(endpoint))"
        }
        if let location = rest(of: error, behind: "redirected to ") {
            return "set endpoint = \"\(base(of: location))\" for \(backend.name)"
        }
        if error.contains("Executor answers there") {
            return "set the endpoint of \(backend.name) to a model server's"
        }
        if let answer = rest(of: error, behind: "Failed to fetch models from ") {
            return mending(backend, answered: answer)
        }
        if error.contains("is not HTTP") { return listing(endpoint) }
        return ServerStart.command(of: backend.kind) ?? ServerStart.command(of: backend.name)
            ?? "start it; then: \(request(endpoint))"
    }

    /// What gives a server that is up a model.
    package static func filling(_ backend: BackendDescription) -> String {
        downloads[backend.kind] ?? "give it one, then: crowd-models models --refresh"
    }

    private static let downloads: [String: String] = [
        "lmstudio": "lms get", "ollama": "ollama pull MODEL",
        "lemonade": "lemonade-server pull MODEL",
        "docker-model-runner": "docker model pull MODEL",
        "localai": "local-ai models install MODEL",
    ]

    /// Something answers there, and not with a list of models: `answer` is `PROGRAM: 404` or more.
    private static func mending(_ backend: BackendDescription, answered answer: String) -> String {
        let endpoint = backend.endpoint
        if answer.hasSuffix(": 404"), let path = path(of: endpoint), path != "/v1" {
            return "set endpoint = \"\(endpoint.dropLast(path.utf8.count))\" for \(backend.name)"
        }
        if answer.contains(": 5") { return "look at its own log; then: \(request(endpoint))" }
        return listing(endpoint)
    }

    /// The commands that show which program listens, and what it says.
    private static func listing(_ endpoint: String) -> String {
        "see who listens there: ss -ltnp 'sport = :\(port(of: endpoint))'; "
            + "then: \(request(endpoint))"
    }

    /// The command that asks as the daemon does.
    private static func request(_ endpoint: String) -> String {
        if endpoint.hasPrefix("unix:") {
            let socket = endpoint.dropFirst("unix:".count).prefix { $0 != ":" }
            return "curl -i --unix-socket \(socket) http://localhost/v1/models"
        }
        let root = path(of: endpoint).map { endpoint.dropLast($0.utf8.count) } ?? endpoint[...]
        return "curl -i \(root)/v1/models"
    }

    private static func rest(of text: String, behind words: String) -> String? {
        guard let range = text.firstRange(of: words) else { return nil }
        return String(text[range.upperBound...])
    }

    /// The address of an API whose list of models stands at `location`.
    private static func base(of location: String) -> String {
        location.hasSuffix("/models") ? String(location.dropLast("/models".count)) : location
    }

    /// The path of an address; nil where it has none.
    private static func path(of endpoint: String) -> String? {
        guard let scheme = endpoint.firstRange(of: "://"),
            let slash = endpoint[scheme.upperBound...].firstIndex(of: "/")
        else { return nil }
        let path = endpoint[slash...]
        return path == "/" ? nil : String(path)
    }

    private static func port(of endpoint: String) -> String {
        let authority = place(endpoint)
        return String(authority.split(separator: ":").last ?? "")
    }

    /// `host:port` of an address.
    private static func place(_ endpoint: String) -> String {
        let isPlain = endpoint.hasPrefix("http://")
        let scheme = endpoint.firstRange(of: "://")?.upperBound ?? endpoint.startIndex
        let authority = endpoint[scheme...].prefix { $0 != "/" }
        let port = authority.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        let hasPort = authority.contains(":") && port.allSatisfy(\.isNumber) && !port.isEmpty
        return hasPort ? String(authority) : "\(authority):\(isPlain ? 80 : 443)"
    }
}
