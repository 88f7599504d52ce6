/// HTML that is being written: names from elsewhere are text there, and nothing else.
struct HTMLText {
    private(set) var text = ""

    /// Appends markup of ours.
    mutating func raw(_ markup: String) { text += markup }

    /// Appends text as text.
    mutating func plain(_ words: String) {
        for letter in Printable.escaping(words) {
            switch letter {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.append(letter)
            }
        }
    }

    /// Appends an element with text in it.
    mutating func element(_ name: String, _ words: String, style: String? = nil) {
        raw("<\(name)" + (style.map { " class=\"\($0)\"" } ?? "") + ">")
        plain(words)
        raw("</\(name)>")
    }
}
