import Glibc
import Testing

/// Lines compared with a file of `Tests/Golden`, which a person has looked at;
/// `UPDATE_GOLDEN=1` writes the files anew.
enum Golden {
    private static let folder =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Golden"

    static func expect(
        _ lines: [String], are name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let text = lines.map { $0 + "\n" }.joined()
        let path = "\(folder)/\(name).txt"
        if getenv("UPDATE_GOLDEN") != nil { write(text, path) }
        #expect(text == read(path), "\(path)", sourceLocation: sourceLocation)
    }

    private static func read(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private static func write(_ text: String, _ path: String) {
        mkdir(folder, 0o755)
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }
}
