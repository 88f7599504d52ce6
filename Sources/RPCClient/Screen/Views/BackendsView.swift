package import CrowdModelsProtocol

/// Model servers as a table, and what is wrong with them below it.
package enum BackendsView {
    package static func lines(_ backends: [BackendDescription], _ layout: Layout) -> [String] {
        let remarks = layout.width == nil ? [] : backends.flatMap { remark($0, layout) }
        return table(backends, layout) + (remarks.isEmpty ? [] : [""] + remarks)
    }

    /// The table alone.
    static func table(_ backends: [BackendDescription], _ layout: Layout) -> [String] {
        if backends.isEmpty { return [] }
        // A pipe gets each row whole; on a terminal an error would leave no room for the rest.
        let isWhole = layout.width == nil
        var table =
            isWhole
            ? Table(
                .text("BACKEND"), .text("KIND"), .state("STATE"), .number("MODELS"),
                .number("RUNNING"), .number("QUEUED"), .text("ENDPOINT"), .text("LAST ERROR"))
            : Table(
                .text("BACKEND", isCuttable: true), .text("KIND", surplus: 3), .state("STATE"),
                .number("MODELS", surplus: 1), .number("RUNNING"), .number("QUEUED", surplus: 2),
                .text("ENDPOINT", surplus: 4, isCuttable: true))
        for backend in backends {
            let numbers = [backend.models, backend.inFlight, backend.queued].map(String.init)
            if isWhole {
                table.append(
                    backend.name, backend.kind, state(backend), numbers[0], numbers[1],
                    numbers[2], backend.endpoint, backend.lastError)
            } else {
                table.append(
                    backend.name, backend.kind, state(backend), numbers[0], numbers[1],
                    numbers[2], backend.endpoint)
            }
        }
        return table.lines(layout)
    }

    private static func state(_ backend: BackendDescription) -> String {
        guard let breaker = backend.breaker, breaker != "closed" else { return backend.state }
        return "\(backend.state), breaker \(breaker.replacing("_", with: " "))"
    }

    /// What is wrong with a backend, and what starts it.
    private static func remark(_ backend: BackendDescription, _ layout: Layout) -> [String] {
        guard backend.state != "up" || backend.breaker ?? "closed" != "closed" else { return [] }
        var sentence = "\(backend.name) is \(backend.state)"
        if let error = backend.lastError { sentence += ": \(error)" }
        if backend.state == "down", !sentence.contains("TLS: "),
            let start = ServerStart.command(of: backend.kind), !sentence.contains(start)
        {
            sentence += "; to start it: \(start)"
        }
        return Paragraph.lines(Printable.escaping(sentence), layout)
    }
}

/// What a person can do about a model server.
package enum Advice {
    /// What mends a server that is down, or shows more of why; nil where there is no one way.
    package static func mending(_ backend: BackendDescription) -> String? {
        let error = backend.lastError ?? ""
        if error.contains("libcurl4") { return "apt install libcurl4" }
        if error.contains("TLS: ") {
            return "look at its certificate: openssl s_client -connect \(place(backend.endpoint))"
        }
        return ServerStart.command(of: backend.kind) ?? ServerStart.command(of: backend.name)
    }

    /// `host:port` of an address with TLS.
    private static func place(_ endpoint: String) -> String {
        let rest = endpoint.dropFirst(endpoint.hasPrefix("https://") ? "https://".count : 0)
        let authority = rest.prefix { $0 != "/" }
        let port = authority.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        let hasPort = authority.contains(":") && port.allSatisfy(\.isNumber) && !port.isEmpty
        return hasPort ? String(authority) : "\(authority):443"
    }
}
