import Glibc

/// Reads whole files.
enum File {
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY)
        if descriptor < 0 { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var space = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &space, space.count)
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes += space[..<count]
        }
    }
}
