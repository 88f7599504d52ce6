import Glibc
import Screen

/// Standard error: lines for a person, or errors as JSON.
package enum ErrorOutput {
    /// Writes text, all at once; what cannot be written is nobody's loss.
    package static func write(_ text: String) { write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return }
            var done = 0
            while done < bytes.count {
                let written = unsafe Glibc.write(descriptor, base + done, bytes.count - done)
                if written > 0 {
                    done += written
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    /// Writes what moves a terminal's cursor, to the standard output that is one.
    package static func put(_ sequence: String) { write(sequence, to: STDOUT_FILENO) }

    /// Writes a line for a person: on a terminal broken where words end.
    package static func line(_ text: String, paint: (String) -> String = { $0 }) {
        for line in Paragraph.lines(text, Layout(descriptor: STDERR_FILENO)) {
            write(paint(line) + "\n")
        }
    }

    /// Writes a remark that is no error.
    package static func note(_ text: String) {
        line("crowd-models: \(Printable.escaping(text))")
    }
}
