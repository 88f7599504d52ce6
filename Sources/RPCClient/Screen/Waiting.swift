package import CrowdModelsProtocol

/// What somebody who waits for an answer is told, one line that vanishes with the first token.
package struct Waiting: Sendable {
    /// The model that was asked for; nil for the default one.
    package var model: String?
    private var progress: CompleteProgress?
    /// When the phase began, in nanoseconds.
    private var since: Int
    private var frame = 0

    /// Whoever is answered sooner sees nothing flicker.
    package static let patience = 300_000_000
    /// How long one picture of the spinner stands.
    package static let frameNanoseconds = 100_000_000

    package init(model: String?, now: Int) {
        self.model = model
        since = now
    }

    package mutating func take(_ progress: CompleteProgress, now: Int) {
        if progress.phase != self.progress?.phase { since = now }
        self.progress = progress
    }

    /// The line, in at most that many cells.
    package mutating func line(now: Int, _ layout: Layout) -> String {
        let marks = layout.marks
        frame += 1
        let seconds = Double(now - since) / 1e9
        let text =
            "\(marks.spinner[frame % marks.spinner.count]) \(sentence) \(marks.dot) "
            + "\(Int(seconds)) s"
        return Printable.escaping(text).cut(to: max((layout.width ?? 80) - 1, 1), marks.ellipsis)
    }

    private var sentence: String {
        guard let progress else { return "waiting for the daemon" }
        let place = progress.backend.map { " \($0)" } ?? ""
        let share = progress.progress.map { " \(Int(min(max($0, 0), 1) * 100)) %" } ?? ""
        switch progress.phase {
        case "queued":
            var text = "queued"
            if let position = progress.position { text += ", place \(position)" }
            if !place.isEmpty { text += " on" + place }
            if let eta = progress.etaMilliseconds, eta >= 1000 {
                text += ", starts in about \(Units.wait(Double(eta) / 1000))"
            }
            return text
        case "connecting": return "connecting" + (place.isEmpty ? "" : " to" + place)
        case "loading": return "loading \(model ?? "the model")" + share
        case "prompt": return "reading the prompt" + share
        case "generating": return "generating"
        default: return progress.phase
        }
    }
}
