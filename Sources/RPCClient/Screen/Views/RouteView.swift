package import CrowdModelsProtocol

/// Where a request would go, and what speaks against the others.
package enum RouteView {
    /// A part of the score as people count it: what it is called, and how a value reads. The score
    /// itself is made so that in each part the higher number wins.
    private struct Part {
        let heading: String
        let text: (Double) -> String
    }

    private static func part(_ name: String) -> Part {
        switch name {
        case "wanted": Part(heading: "CHOICE") { "\(Int(-$0) + 1)" }
        case "loaded": Part(heading: "LOADED") { $0 > 0 ? "yes" : "no" }
        case "session": Part(heading: "SESSION") { $0 > 0 ? "yes" : "no" }
        case "priority": Part(heading: "PRIORITY") { "\(Int(-$0))" }
        case "failures": Part(heading: "FAILURES") { "\(Int(-$0))" }
        case "first_token_ms": Part(heading: "FIRST TOKEN") { Units.seconds(-$0 / 1000) }
        case "crowd": Part(heading: "BUSY") { "\(Units.fixed(-$0 * 100, 0)) %" }
        default:
            Part(heading: name.uppercased().replacing("_", with: " ")) { Units.fixed($0, 2) }
        }
    }

    /// Lines of what `route.explain` answers.
    package static func lines(_ answer: JSONValue, _ layout: Layout) -> [String] {
        let candidates = answer["candidates"]?.arrayValue ?? []
        if candidates.isEmpty { return ["nothing could serve it"] }
        var names: [String] = []
        for candidate in candidates {
            for member in candidate["score"]?.objectValue?.members ?? []
            where !names.contains(member.name) { names.append(member.name) }
        }
        let parts = names.map { (name: $0, part: part($0)) }
        var table = Table(
            [
                .text("BACKEND"), .text("MODEL", isCuttable: true), .number("EXPECTED WAIT"),
            ]
                // What decides first stays longest.
                + parts.enumerated().map { .number($1.part.heading, surplus: $0 + 1) }
                + [.text("FORBIDDEN BY", isCuttable: true)])
        for candidate in candidates {
            let wait = candidate["predicted_wait_ms"]?.doubleValue
            let score = parts.map { name, part in
                candidate["score"]?[name]?.doubleValue.map { part.text($0) }
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
