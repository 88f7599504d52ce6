import CrowdModelsProtocol
import HTTP

/// What a listener asks of a request besides being one: on TCP any program and any web page can
/// reach it, on the Unix socket only whom the kernel lets.
package struct Gate: Equatable, Sendable {
    /// Whether it is TCP: there the end of a client's input is its going.
    package let isRemote: Bool
    /// What `Host` may say besides the loopback's names, in lower case.
    private let hosts: [String]
    /// The web pages that may ask, as `Origin` says it, in lower case.
    private let origins: [String]

    /// The gate of the Unix socket, which asks for nothing.
    package static let local = Gate(isRemote: false, hosts: [], origins: [])

    private init(isRemote: Bool, hosts: [String], origins: [String]) {
        self.isRemote = isRemote
        self.hosts = hosts
        self.origins = origins
    }

    /// The gate of a TCP listener at `address`, as `Host` would spell it.
    package init(at address: String, hosts: [String], origins: [String]) {
        self.init(
            isRemote: true, hosts: ([address] + hosts).map { $0.lowercased() },
            origins: origins.map { $0.lowercased() })
    }

    /// Why the request is not answered, if it is not. A name that leads here and is none of ours is
    /// how a web page gets around the rule that keeps it to its own server.
    func refusal(of head: IncomingRequestHead) -> Refusal? {
        guard isRemote else { return nil }
        let host = head["host"].map(Self.name) ?? ""
        guard Self.isLoopback(host) || hosts.contains(host) else {
            return Refusal(
                421,
                Fault(
                    .permissionDenied,
                    "`Host: \(host.shortened)` is no name of this daemon; ask it as localhost, or "
                        + "add the name to `hosts` of [http]"))
        }
        guard let origin = head["origin"], !isAllowed(origin) else { return nil }
        return Refusal(
            403,
            Fault(
                .permissionDenied,
                "web pages of \(origin.shortened) may not use this daemon; `origins` of [http] "
                    + "lists those that may"))
    }

    private func isAllowed(_ origin: String) -> Bool { origins.contains(origin.lowercased()) }

    /// What lets an allowed page read the answer.
    func fields(for head: IncomingRequestHead?) -> HTTPFields {
        guard isRemote, let origin = head?["origin"], isAllowed(origin) else { return [] }
        return [
            ("Access-Control-Allow-Origin", origin), ("Vary", "Origin"),
            (
                "Access-Control-Expose-Headers",
                "x-request-id, x-crowd-models-backend, x-crowd-models-overhead-ms, retry-after"
            ),
        ]
    }

    /// What lets an allowed page send a request that it has asked for leave to send.
    func preflightFields(
        for head: IncomingRequestHead
    ) -> HTTPFields {
        guard isRemote, let origin = head["origin"], isAllowed(origin),
            head["access-control-request-method"] != nil
        else { return [] }
        return [
            ("Access-Control-Allow-Methods", Router.verbs),
            (
                "Access-Control-Allow-Headers",
                head["access-control-request-headers"] ?? "authorization, content-type"
            ),
            ("Access-Control-Max-Age", "600"),
        ]
    }

    /// The name in a Host field, without its port.
    private static func name(_ host: String) -> String {
        let text = host.lowercased()
        if text.hasPrefix("[") { return String(text.dropFirst().prefix { $0 != "]" }) }
        let name = text.prefix { $0 != ":" }
        return String(name.hasSuffix(".") ? name.dropLast() : name)
    }

    private static func isLoopback(_ name: String) -> Bool {
        if name == "localhost" || name == "::1" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// A status, and what is said with it.
struct Refusal {
    let status: Int
    let fault: Fault

    init(_ status: Int, _ fault: Fault) {
        self.status = status
        self.fault = fault
    }
}
