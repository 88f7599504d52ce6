import Glibc
import Link
import Screen

/// Where a chat gets what somebody says: an editor on a terminal, lines from anything else, which
/// a terminal that can move no cursor is asked for.
final class ChatReader {
    enum Said {
        case text(String)
        /// Ctrl-C where nothing was typed.
        case interrupted
        case ended
    }

    /// Whether somebody sits there.
    let isInteractive: Bool
    /// Whether the terminal is taken, and keys are read one by one.
    let isEditing: Bool
    private var editor = LineEditor(isWhole: ChatInput.isWhole)
    private var parser = KeyParser()
    private var keys: [Key] = []
    private var lines = InputLines()
    /// The row of the drawing that the cursor is in.
    private var row = 0
    private var wake: Int32 = -1

    private static let prompt = "> "
    private static let continuation = "  "
    /// How long a lone escape may wait for the rest of its sequence.
    private static let escapeMilliseconds: Int32 = 50

    init() {
        isInteractive = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        isEditing = isInteractive && Environment.value("TERM") != "dumb"
    }

    /// The next thing that is said. The terminal stays taken: what is typed until it is read next
    /// would otherwise be read by the kernel's own line editor.
    func next() throws(Failure) -> Said {
        guard isEditing, TerminalMode.enter(.editing) else { return try nextLine() }
        // A signal is a key here, and one that came too late for an answer ends no chat.
        wake = Interruption.wakeInstead()
        row = 0
        while true {
            while !keys.isEmpty {
                let key = keys.removeFirst()
                // What ends the text leaves it on the screen, whole.
                if key == .enter || key == .interrupt { draw(isWhole: true) }
                switch editor.take(key) {
                case .editing: continue
                case .submitted(let text):
                    finish()
                    return .text(text)
                case .interrupted(let wasEmpty):
                    finish()
                    if wasEmpty { return .interrupted }
                case .ended:
                    finish()
                    return .ended
                case .redraw:
                    ErrorOutput.put("\u{1B}[H\u{1B}[2J")
                    row = 0
                case .suspended: TerminalMode.suspend()
                }
            }
            draw()
            guard try read() else { return .ended }
        }
    }

    /// Reads what was typed; false at the end of the input.
    private func read() throws(Failure) -> Bool {
        while keys.isEmpty {
            var items = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: TerminalMode.changes, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            let wait = parser.isWaiting ? Self.escapeMilliseconds : -1
            let ready = unsafe poll(&items, 3, wait)
            if ready > 0, items[2].revents != 0 {
                wake = Interruption.wakeInstead()
                keys = [.interrupt]
                return true
            }
            if ready == 0 { keys = parser.settle() }
            if ready > 0, items[1].revents != 0 {
                TerminalMode.drainChanges()
                return true
            }
            guard ready > 0, items[0].revents != 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = unsafe Glibc.read(STDIN_FILENO, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            keys = parser.take(bytes[..<count])
        }
        return true
    }

    private func draw(isWhole: Bool = false) {
        let width = TerminalSize.ofTerminal(STDOUT_FILENO).columns
        var editor = editor
        if isWhole { editor.moveToEnd() }
        let picture = EditorPicture(
            editor, prompt: Self.prompt, continuation: Self.continuation, width: width)
        var text = "\r" + (row > 0 ? "\u{1B}[\(row)A" : "") + "\u{1B}[J"
        text += picture.lines.joined(separator: "\r\n")
        let below = picture.lines.count - 1 - picture.row
        text += (below > 0 ? "\u{1B}[\(below)A" : "") + "\r"
        if picture.column > 0 { text += "\u{1B}[\(picture.column)C" }
        row = picture.row
        ErrorOutput.put(text)
    }

    /// Leaves what was typed where it is, and goes below it.
    private func finish() {
        ErrorOutput.put("\u{1B}[J\r\n")
        row = 0
    }

    private func ask(_ prompt: String) {
        guard isInteractive else { return }
        ErrorOutput.put(prompt)
        OpenLines.isOutputOpen = true
    }

    /// Without an editor: lines, as many as make a whole.
    private func nextLine() throws(Failure) -> Said {
        var text = ""
        ask(Self.prompt)
        while let line = try lines.next() {
            OpenLines.isOutputOpen = false
            text += line
            if text.hasSuffix("\\") {
                text.removeLast()
                text += "\n"
            } else if ChatInput.isWhole(text) {
                return .text(text)
            } else {
                text += "\n"
            }
            ask(Self.continuation)
        }
        return text.isEmpty ? .ended : .text(text)
    }
}

/// Standard input, line by line.
struct InputLines {
    private var bytes: [UInt8] = []
    private var isAtEnd = false

    /// The next line without its newline; nil at the end.
    mutating func next() throws(Failure) -> String? {
        while true {
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                let line = bytes[..<end]
                bytes.removeFirst(end + 1)
                return try InputFile.text(Array(line), of: "standard input")
            }
            if isAtEnd {
                if bytes.isEmpty { return nil }
                defer { bytes = [] }
                return try InputFile.text(bytes, of: "standard input")
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe Glibc.read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { isAtEnd = true } else { bytes += chunk[..<count] }
            guard bytes.count <= InputFile.inputBytesMax else {
                throw Failure(.badData, "a line of standard input is too long (input_bytes_max)")
            }
        }
    }
}
