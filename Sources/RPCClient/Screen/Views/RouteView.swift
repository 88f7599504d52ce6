package import CrowdModelsProtocol

/// Where a request would go, and what speaks against the others.
package enum RouteView {
    /// Lines of what `route.explain` answers.
    package static func lines(_ answer: JSONValue, _ layout: Layout) -> [String] {
        let candidates = answer["candidates"]?.arrayValue ?? []
        if candidates.isEmpty { return ["nothing could serve it"] }
        var parts: [String] = []
        for candidate in candidates {
            for member in candidate["score"]?.objectValue?.members ?? []
            where !parts.contains(member.name) { parts.append(member.name) }
        }
        var table = Table(
            [
                .text("BACKEND"), .text("MODEL", isCuttable: true), .number("EXPECTED WAIT"),
            ]
                + parts.map {
                    .number($0.uppercased().replacing("_", with: " "), surplus: 1)
                } + [.text("FORBIDDEN BY", isCuttable: true)])
        for candidate in candidates {
            let wait = candidate["predicted_wait_ms"]?.doubleValue
            let score = parts.map { part in
                candidate["score"]?[part]?.doubleValue.map { Units.fixed($0, 2) }
            }
            let reasons = (candidate["forbidden"]?.arrayValue ?? []).compactMap { reason in
                reason["by"]?.stringValue
            }
            table.append(
                [
                    candidate["backend"]?.stringValue, candidate["model"]?.stringValue,
                    wait.map { Units.seconds($0 / 1000) },
                ] + score + [reasons.joined(separator: ", ")])
        }
        let remarks = candidates.flatMap { candidate in
            (candidate["forbidden"]?.arrayValue ?? []).flatMap { reason in
                let name = candidate["backend"]?.stringValue ?? ""
                let message = reason["message"]?.stringValue ?? reason["by"]?.stringValue ?? ""
                return Paragraph.lines(Printable.escaping("\(name): \(message)"), layout)
            }
        }
        return table.lines(layout) + (remarks.isEmpty ? [] : [""] + remarks)
    }
}
