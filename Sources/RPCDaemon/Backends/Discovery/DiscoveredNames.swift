import Configuration

/// What discovered servers are called: by their kind, the next one of a kind with its port beside.
///
/// A name is never given to another server, so that one that returns has its own.
struct DiscoveredNames: Sendable {
    private struct Owner: Hashable {
        let kind: ServerKind
        let place: Endpoint.ServerRoot
    }

    private var nameOf: [Owner: String] = [:]
    private var taken: Set<String>

    /// `taken`: the names of what is configured.
    init(taken: [String]) { self.taken = Set(taken) }

    mutating func name(of kind: ServerKind, at place: Endpoint) -> String {
        let owner = Owner(kind: kind, place: place.serverRoot)
        if let name = nameOf[owner] { return name }
        let base = kind.rawValue
        let suffix = place.scheme == .unix ? Self.fileName(place.socketPath) : "\(place.port)"
        var candidates = [base, "\(base)-\(suffix)"]
        if !place.isLocal { candidates.append("\(base)-\(place.host)-\(suffix)") }
        var name = candidates.first { !taken.contains($0) && $0.utf8.count <= Limits.nameBytesMax }
        var number = 2
        while name == nil {
            let next = "\(base)-\(number)"
            if !taken.contains(next) { name = next }
            number += 1
        }
        let given = name ?? base
        taken.insert(given)
        nameOf[owner] = given
        return given
    }

    /// `/run/models/small.sock` is `small`.
    private static func fileName(_ path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        return String(file.hasSuffix(".sock") ? file.dropLast(5) : file)
    }
}
