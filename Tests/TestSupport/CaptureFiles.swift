import Glibc

/// The files below `Tests/Captures`: what programs that nobody here wrote put on the wire.
package enum CaptureFiles {
    private static let root =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Captures"

    /// The bytes of a file; nil where there is none.
    package static func read(_ path: some StringProtocol) -> [UInt8]? {
        guard let file = fopen("\(root)/\(path)", "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
    }

    /// Whether what is expected is to be written anew ($UPDATE_CAPTURES).
    package static var areUpdated: Bool { getenv("UPDATE_CAPTURES") != nil }

    package static func write(_ text: String, to path: String) {
        guard let file = fopen("\(root)/\(path)", "w") else { return }
        defer { fclose(file) }
        fputs(text, file)
    }

    /// The paths of all files in a folder and those inside it, sorted.
    package static func paths(below folder: String) -> [String] {
        guard let directory = opendir("\(root)/\(folder)") else { return [] }
        defer { closedir(directory) }
        var paths: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(".") { continue }
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            paths += entry.pointee.d_type == UInt8(DT_DIR) ? self.paths(below: path) : [path]
        }
        return paths.sorted()
    }
}
