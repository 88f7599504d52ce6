package import CrowdModelsProtocol
import Glibc

/// Files and standard input, read whole.
package enum InputFile {
    /// The most bytes of a prompt, an image or a schema: eight times the line that a daemon accepts
    /// by default (`line_bytes_max`), so that it is the daemon's configuration that decides.
    package static let inputBytesMax = 64 * 1024 * 1024

    /// Reads the file at a path.
    package static func read(_ path: String, bytesMax: Int = inputBytesMax) throws(Failure)
        -> [UInt8]
    {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        return try read(descriptor, path, bytesMax)
    }

    /// Reads standard input to its end; nothing where it is closed.
    package static func readStandardInput() throws(Failure) -> [UInt8] {
        if fcntl(STDIN_FILENO, F_GETFD) < 0 { return [] }
        return try read(STDIN_FILENO, "standard input", inputBytesMax)
    }

    /// Reads the file at a path as text.
    package static func text(of path: String) throws(Failure) -> String {
        try text(try read(path), of: path)
    }

    /// Reads the file at a path, or standard input for `-`, as JSON.
    package static func json(_ path: String) throws(Failure) -> JSONValue {
        let isInput = path == "-"
        let bytes = isInput ? try readStandardInput() : try read(path)
        do throws(JSONError) {
            return try JSONValue(parsing: bytes.span)
        } catch {
            let name = isInput ? "standard input" : path
            throw Failure(.badData, "\(name) is not valid JSON: \(error.message)")
        }
    }

    /// Makes text of the bytes of a file or of standard input.
    package static func text(_ bytes: [UInt8], of name: String) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.badData, "\(name) is not UTF-8 text")
        }
        return text
    }

    private static func read(
        _ descriptor: Int32, _ name: String, _ bytesMax: Int
    ) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable(name)
            }
            bytes += chunk[..<count]
            guard bytes.count <= bytesMax else {
                throw Failure(
                    .badData, "\(name) has more than \(bytesMax) bytes (input_bytes_max)")
            }
        }
    }

    private static func unreadable(_ name: String) -> Failure {
        Failure(.badData, "cannot read \(name): \(SystemError.text(errno))")
    }
}
