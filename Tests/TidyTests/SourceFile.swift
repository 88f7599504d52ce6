import Glibc

/// A file of the repository, read whole.
struct SourceFile {
    /// Where it is, from the repository's root.
    let path: String
    let text: String

    var name: Substring { path.split(separator: "/").last ?? "" }

    /// Its lines without their ends; a newline at the end of the file begins no further one.
    var lines: [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// The file at `path`, nil where there is none.
    init?(_ path: String) {
        guard let file = fopen("\(Repository.root)/\(path)", "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { break }
            bytes += piece[..<count]
        }
        self.path = path
        text = String(decoding: bytes, as: UTF8.self)
    }
}

/// The repository that these tests belong to.
enum Repository {
    static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    /// All files below a folder whose names end so; hidden ones and what was built are no sources.
    static func files(in folder: String, suffixes: [String]) -> [SourceFile] {
        paths(in: folder).filter { path in suffixes.contains { path.hasSuffix($0) } }
            .compactMap(SourceFile.init)
    }

    /// What Swift and C there is.
    static let sources = files(in: "Sources", suffixes: [".swift", ".c", ".h"])
    static let tests = files(in: "Tests", suffixes: [".swift", ".c", ".h"])

    /// Whether there is a file or folder.
    static func has(_ path: String) -> Bool { access("\(root)/\(path)", F_OK) == 0 }

    /// The paths of all files below a folder, in the order of their names.
    static func paths(in folder: String) -> [String] {
        guard let directory = opendir("\(root)/\(folder)") else { return [] }
        defer { closedir(directory) }
        var names: [(name: String, isFolder: Bool)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(".") || name == "__pycache__" { continue }
            names.append((name, entry.pointee.d_type == UInt8(DT_DIR)))
        }
        return names.sorted { $0.name < $1.name }.flatMap { name, isFolder in
            isFolder ? paths(in: "\(folder)/\(name)") : ["\(folder)/\(name)"]
        }
    }
}
