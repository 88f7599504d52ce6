/// How text may be adorned: in colour on a terminal that wants it, otherwise not at all.
package struct Style: Sendable {
    package let isColored: Bool

    package init(isColored: Bool) {
        self.isColored = isColored
    }

    package func bold(_ text: String) -> String { wrap(text, "1") }
    package func dim(_ text: String) -> String { wrap(text, "2") }
    /// The text in the colour of what it says.
    package func paint(_ text: String, _ tone: Tone) -> String { wrap(text, tone.code) }

    private func wrap(_ text: String, _ code: String) -> String {
        isColored && !code.isEmpty && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// What a word means to the reader, and so its colour.
package enum Tone: Sendable {
    case plain, good, warning, bad, faint

    /// The tone of a state of a model, a backend, a request or a check.
    package init(state: String) {
        switch state {
        case "up", "loaded", "generating", "ok": self = .good
        case "loading", "probing", "rate_limited", "queued", "connecting", "warning":
            self = .warning
        case "down", "auth_failed", "trouble": self = .bad
        case "not-loaded", "-": self = .faint
        default:
            // A backend that is up, and whose breaker is open.
            self = state.contains("breaker") ? .bad : .plain
        }
    }

    /// The parameter of SGR; none for plain text.
    fileprivate var code: String {
        switch self {
        case .plain: ""
        case .good: "32"
        case .warning: "33"
        case .bad: "31"
        case .faint: "2"
        }
    }
}
