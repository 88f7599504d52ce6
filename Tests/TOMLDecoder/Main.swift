import Configuration
import Glibc

/// Reads TOML from standard input and writes the public suite's tagged JSON; exits 1, with a
/// message on standard error, if the text is invalid.
@main struct Main {
    static func main() {
        do throws(TOMLError) {
            var out: [UInt8] = []
            TaggedJSON.write(try TOMLParser.parse(readAll()), to: &out)
            out.append(UInt8(ascii: "\n"))
            writeAll(out, to: STDOUT_FILENO)
        } catch {
            writeAll(Array("\(error)\n".utf8), to: STDERR_FILENO)
            exit(1)
        }
    }

    private static func readAll() -> [UInt8] {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { fail("standard input cannot be read") }
            if count == 0 { return text }
            text += chunk[..<count]
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { exit(1) }
            rest = rest.dropFirst(count)
        }
    }

    private static func fail(_ message: String) -> Never {
        writeAll(Array("\(message)\n".utf8), to: STDERR_FILENO)
        exit(1)
    }
}
