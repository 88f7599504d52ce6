import Glibc

/// Files of `Tests/Captures`, where this program was built.
enum Captures {
    private static let folder =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Captures"

    static func read(_ path: String) -> [UInt8]? { File.read("\(folder)/\(path)") }
}
