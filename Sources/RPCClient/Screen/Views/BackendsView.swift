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

    /// What is wrong with a backend, and what starts it; what it waits for, and how long.
    private static func remark(_ backend: BackendDescription, _ layout: Layout) -> [String] {
        let pause = pause(of: backend)
        let isWell = backend.state == "up" && backend.breaker ?? "closed" == "closed"
        if isWell, pause == nil { return [] }
        var sentence = "\(backend.name) is \(backend.state)"
        if let error = backend.lastError, !isWell { sentence += ": \(error)" }
        if let pause { sentence += "; \(pause)" }
        if backend.state == "down", !sentence.contains("TLS: "),
            let start = ServerStart.command(of: backend.kind), !sentence.contains(start)
        {
            sentence += "; to start it: \(start)"
        }
        return Paragraph.lines(Printable.escaping(sentence), layout)
    }

    /// Why it takes nothing now; nil where it does or where all slots are busy, as the table says.
    private static func pause(of backend: BackendDescription) -> String? {
        let reason: String
        switch backend.pausedBy {
        case "server": reason = "its server asked for a pause"
        case "rate_limit": reason = "its rate limit is used up"
        case "breaker": reason = "its breaker is open"
        default: return nil
        }
        guard let wait = backend.retryAfterMilliseconds else { return reason }
        return "\(reason), \(Units.wait(Double(wait) / 1000)) more"
    }
}
