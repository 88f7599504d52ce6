import Glibc

/// A folder of a test's own with a path short enough for sockets; it goes with the last reference.
package final class TemporaryFolder {
    package let path: String

    package init() {
        var template = Array("/tmp/cmu-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    /// The path of what is called so in it.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and answers its path.
    @discardableResult
    package func write(_ name: String, _ text: String) -> String {
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0)
        let bytes = Array(text.utf8)
        precondition(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        return file(name)
    }

    private static func remove(_ path: String) {
        if let directory = opendir(path) {
            defer { closedir(directory) }
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                let inner = "\(path)/\(name)"
                if name != ".", name != "..", unlink(inner) != 0 { remove(inner) }
            }
        }
        rmdir(path)
    }
}
