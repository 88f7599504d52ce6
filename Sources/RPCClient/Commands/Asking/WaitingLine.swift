import CrowdModelsProtocol
import Glibc
import Link
import Screen

/// The line on standard error that tells what one waits for; only a terminal has it.
final class WaitingLine {
    private var waiting: Waiting
    private var layout: Layout { Layout(descriptor: STDERR_FILENO) }
    /// Whether there is somebody to tell.
    let isShown: Bool
    private var nextTime: Int
    private var isOver = false

    init(model: String?, isQuiet: Bool) {
        let now = MonotonicTime.now
        waiting = Waiting(model: model, now: now)
        isShown = !isQuiet && isatty(STDERR_FILENO) == 1
        nextTime = now + Waiting.patience
    }

    /// When to draw next; nil for never.
    var nextDrawing: MonotonicTime? {
        isShown && !isOver ? MonotonicTime(nanoseconds: nextTime) : nil
    }

    /// Who was asked after all, where a part of a name was given.
    func waits(for model: String?) { waiting.model = model }

    func take(_ progress: CompleteProgress) {
        waiting.take(progress, now: MonotonicTime.now)
    }

    func draw() {
        let (now, layout) = (MonotonicTime.now, layout)
        let line = waiting.line(now: now, layout)
        let before = OpenLines.waiting
        let padding = String(repeating: " ", count: max(0, before - line.cells))
        OpenLines.waiting = max(before, line.cells)
        ErrorOutput.write("\r" + layout.style.dim(line) + padding)
        nextTime = now + Waiting.frameNanoseconds
    }

    func erase() { OpenLines.eraseWaiting() }

    /// Takes the line away for good: there is something better to look at.
    func end() {
        if !isOver { erase() }
        isOver = true
    }
}
