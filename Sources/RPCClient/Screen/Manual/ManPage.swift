/// A page of the system's manual, in the language of `man`.
package struct ManPage: Sendable {
    package enum Block: Sendable {
        case paragraph(String)
        /// Terms and what they mean.
        case terms([(String, String)])
        /// Lines that stay as they are.
        case verbatim([String])
        case subheading(String)
    }

    package let name: String
    package let summary: String
    private var body: [String] = []

    package init(name: String, summary: String) {
        self.name = name
        self.summary = summary
    }

    package mutating func append(section: String, _ blocks: [Block]) {
        body.append(".SH \(Self.escaped(section.uppercased()))")
        for block in blocks { append(block) }
    }

    private mutating func append(_ block: Block) {
        switch block {
        case .paragraph(let text): body += [".PP", Self.escaped(text)]
        case .subheading(let text): body.append(".SS \(Self.escaped(text))")
        case .terms(let terms):
            for (term, meaning) in terms {
                body += [".TP", ".B \(Self.escaped(term))", Self.escaped(meaning)]
            }
        case .verbatim(let lines):
            body += [".PP", ".nf", ".RS 4"] + lines.map(Self.escaped) + [".RE", ".fi"]
        }
    }

    /// The whole page.
    package var text: String {
        let title = name.uppercased().replacing("-", with: "\\-")
        // Neither paths nor names of variables are broken, nor words spread over the line.
        let head = [
            ".TH \(title) 1", ".nh", ".ad l", ".SH NAME",
            "\(Self.escaped(name)) \\- \(Self.escaped(summary))",
        ]
        return (head + body).joined(separator: "\n") + "\n"
    }

    private static func escaped(_ text: String) -> String {
        let safe = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
    }
}

extension ManPage {
    /// The page of a program whose `--help` begins with `NAME: SUMMARY`, has a line `Usage:`, and
    /// options indented, their meaning behind two spaces and on deeper lines below.
    package init(help: String) {
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let parts = (lines.first ?? "").split(separator: ":", maxSplits: 1)
        var summary = parts.dropFirst().joined().drop { $0 == " " }
        // A page's name and summary are a line of `whatis`, and no sentence.
        if summary.last == "." { summary.removeLast() }
        self.init(name: String(parts.first ?? ""), summary: String(summary))
        var terms: [(String, String)] = []
        var paragraph = ""
        var isAfterOptions = false
        for line in lines.dropFirst() {
            let text = line.drop { $0 == " " }
            let indent = line.count - text.count
            if line.hasPrefix("Usage: ") {
                append(section: "Synopsis", [.paragraph(String(line.dropFirst(7)))])
            } else if indent == 2, text.hasPrefix("-"), let gap = text.firstRange(of: "  ") {
                let meaning = text[gap.upperBound...].drop { $0 == " " }
                terms.append((String(text[..<gap.lowerBound]), String(meaning)))
            } else if indent > 2, !terms.isEmpty, !isAfterOptions {
                terms[terms.count - 1].1 += " " + text
            } else if !text.isEmpty {
                isAfterOptions = !terms.isEmpty
                paragraph += (paragraph.isEmpty ? "" : "\n") + text
            }
        }
        append(section: "Options", [.terms(terms)])
        let notes = paragraph.split(separator: "\n").map(String.init)
        if let first = notes.first {
            append(section: "Notes", [.paragraph(first), .verbatim(Array(notes.dropFirst()))])
        }
    }
}
