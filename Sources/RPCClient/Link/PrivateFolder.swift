import Glibc

/// A temporary folder that only this user can look into; whoever made it removes it.
package final class PrivateFolder {
    package let path: String
    private var names: [String] = []

    package init() throws(Failure) {
        let place = Environment.value("XDG_RUNTIME_DIR") ?? Environment.value("TMPDIR") ?? "/tmp"
        var template = Array("\(place)/crowd-models-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw Failure(
                .cannotCreate, "cannot make a folder in \(place): \(SystemError.text(errno))")
        }
        path = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes it and the files in it.
    package func remove() {
        for name in Self.names(in: path) { _ = unsafe unlink("\(path)/\(name)") }
        _ = unsafe rmdir(path)
    }

    /// Writes a file of its own.
    package func write(_ text: String, to name: String) throws(Failure) {
        names.append(name)
        try OutputFile.write(text, to: "\(path)/\(name)")
    }

    /// Shows what is in another folder as if it were here, but for files that are written here;
    /// those of `awaited` even where they are not there yet, so that they will be made there.
    package func show(_ folder: String, awaited: [String]) {
        let found = Self.names(in: folder)
        if found.isEmpty { return }
        for name in Set(found + awaited).subtracting(names) {
            _ = unsafe symlink("\(folder)/\(name)", "\(path)/\(name)")
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
                unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
