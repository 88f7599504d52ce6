extension HTTPRequestHead {
    /// A head taken apart again, for whoever writes it in another way.
    struct Lines {
        var method = ""
        var target = ""
        var host = ""
        /// `Name: value`, with the key's.
        var fields: [String] = []
        var hasBody = false
    }

    /// The head, line by line. It may hold a key.
    var lines: Lines {
        var lines = Lines()
        let text = String(decoding: bytes, as: UTF8.self)
        for (index, line) in text.split(separator: "\r\n").enumerated() {
            let words = line.split(separator: " ", maxSplits: 1)
            switch index {
            case 0:
                lines.method = String(words[0])
                lines.target = String(words[1].dropLast(" HTTP/1.1".utf8.count))
            case 1: lines.host = String(words[1])
            default:
                if line.hasPrefix("Content-Length:") {
                    lines.hasBody = true
                } else {
                    lines.fields.append(String(line))
                }
            }
        }
        return lines
    }
}
