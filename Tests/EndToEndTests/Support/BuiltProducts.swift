import Glibc

/// Where the build put the programs: beside the test bundle that runs now.
enum BuiltProducts {
    static let directory: String = {
        let space = 4096
        let path = withUnsafeTemporaryAllocation(of: CChar.self, capacity: space) { buffer in
            let count = max(0, readlink("/proc/self/exe", buffer.baseAddress!, space))
            return String(
                decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 }
    }()

    static func path(_ product: String) -> String { "\(directory)/\(product)" }
}
