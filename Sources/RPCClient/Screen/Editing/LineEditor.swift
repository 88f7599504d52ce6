/// A text of one or more lines that is being typed, and the ones that were typed before.
///
/// Pure: keys go in, and what to do comes out; `EditorPicture` says how it looks.
package struct LineEditor: Sendable {
    /// What a key makes of the whole.
    package enum Outcome: Equatable, Sendable {
        case editing
        case submitted(String)
        /// Ctrl-C; whether there was something that is now gone.
        case interrupted(wasEmpty: Bool)
        /// Ctrl-D where nothing was typed.
        case ended
        case redraw
        case suspended
    }

    package private(set) var letters: [Character] = []
    /// Where the next letter goes, from 0 to the count.
    package private(set) var cursor = 0
    private var history: [String] = []
    /// Which one of the history is shown; its count for what is being typed.
    private var shown = 0
    private var draft: [Character] = []
    /// Whether a text is whole, or Enter begins another line of it.
    private let isWhole: @Sendable (String) -> Bool

    /// How many texts the arrows reach back.
    private static let historyMax = 500

    package init(isWhole: @escaping @Sendable (String) -> Bool = { _ in true }) {
        self.isWhole = isWhole
    }

    package var text: String { String(letters) }

    package mutating func take(_ key: Key) -> Outcome {
        switch key {
        case .text(let text), .paste(let text): insert(text)
        case .tab: insert("    ")
        case .newline: insert("\n")
        case .enter: return enter()
        case .backspace: remove(from: cursor - 1, to: cursor)
        case .delete: remove(from: cursor, to: cursor + 1)
        case .deleteWord: remove(from: wordStart, to: cursor)
        case .killToStart: remove(from: lineStart, to: cursor)
        case .killToEnd: remove(from: cursor, to: max(lineEnd, cursor))
        case .left: cursor = max(cursor - 1, 0)
        case .right: cursor = min(cursor + 1, letters.count)
        case .home: cursor = lineStart
        case .end: cursor = lineEnd
        case .wordLeft: cursor = wordStart
        case .wordRight: cursor = wordEnd
        case .up: moveUp()
        case .down: moveDown()
        case .interrupt:
            let wasEmpty = letters.isEmpty
            clear()
            return .interrupted(wasEmpty: wasEmpty)
        case .endOfInput:
            if letters.isEmpty { return .ended }
            remove(from: cursor, to: cursor + 1)
        case .redraw: return .redraw
        case .suspend: return .suspended
        case .escape, .other: break
        }
        return .editing
    }

    package mutating func moveToEnd() { cursor = letters.count }

    private mutating func insert(_ text: String) {
        let new = Array(text)
        letters.insert(contentsOf: new, at: cursor)
        cursor += new.count
    }

    private mutating func remove(from start: Int, to end: Int) {
        let range = max(start, 0)..<min(max(end, 0), letters.count)
        guard !range.isEmpty else { return }
        letters.removeSubrange(range)
        cursor = range.lowerBound
    }

    private mutating func enter() -> Outcome {
        // A backslash at the end says that the text goes on.
        if letters.last == "\\", cursor == letters.count {
            letters[letters.count - 1] = "\n"
            return .editing
        }
        let text = text
        guard isWhole(text) else {
            insert("\n")
            return .editing
        }
        if !text.isEmpty, history.last != text { history.append(text) }
        if history.count > Self.historyMax { history.removeFirst() }
        clear()
        return .submitted(text)
    }

    private mutating func clear() {
        letters = []
        draft = []
        cursor = 0
        shown = history.count
    }

    private var lineStart: Int {
        (letters[..<cursor].lastIndex(of: "\n")).map { $0 + 1 } ?? 0
    }

    private var lineEnd: Int { letters[cursor...].firstIndex(of: "\n") ?? letters.count }

    private var wordStart: Int {
        var at = cursor
        while at > 0, !Self.isWord(letters[at - 1]) { at -= 1 }
        while at > 0, Self.isWord(letters[at - 1]) { at -= 1 }
        return at
    }

    private var wordEnd: Int {
        var at = cursor
        while at < letters.count, !Self.isWord(letters[at]) { at += 1 }
        while at < letters.count, Self.isWord(letters[at]) { at += 1 }
        return at
    }

    private static func isWord(_ letter: Character) -> Bool {
        letter.isLetter || letter.isNumber || letter == "_"
    }

    /// One line up within the text, or from its first line to what was typed before.
    private mutating func moveUp() {
        let start = lineStart
        if start > 0 {
            let column = cursor - start
            let above = letters[..<(start - 1)].lastIndex(of: "\n").map { $0 + 1 } ?? 0
            cursor = min(above + column, start - 1)
        } else if shown > 0 {
            recall(shown - 1)
        }
    }

    private mutating func moveDown() {
        let end = lineEnd
        if end < letters.count {
            let column = cursor - lineStart
            let next = letters[(end + 1)...].firstIndex(of: "\n") ?? letters.count
            cursor = min(end + 1 + column, next)
        } else if shown < history.count {
            recall(shown + 1)
        }
    }

    private mutating func recall(_ index: Int) {
        if shown == history.count { draft = letters }
        shown = index
        letters = index == history.count ? draft : Array(history[index])
        cursor = letters.count
    }
}
