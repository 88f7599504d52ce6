import Glibc

/// What the kernel tells of a process under /proc.
enum ProcessFile {
    static func read(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var space = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &space, space.count)
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += space[..<count]
        }
    }

    /// A number of /proc/PID/status, such as `VmRSS` in KiB.
    static func status(_ name: String, of process: pid_t) -> Int {
        read("/proc/\(process)/status").split(separator: "\n")
            .first { $0.hasPrefix(name + ":") }
            .flatMap { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first }
            .flatMap { Int($0) } ?? 0
    }

    /// How many descriptors the process has open.
    static func openFiles(of process: pid_t) -> Int {
        guard let directory = opendir("/proc/\(process)/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return count
    }

    /// Processor time of the process so far, in clock ticks of 10 ms.
    static func ticks(of process: pid_t) -> Int {
        let text = read("/proc/\(process)/stat")
        let words = text.split(separator: ")").last?.split(separator: " ") ?? []
        // utime and stime are fields 14 and 15; the state, field 3, is the first after the name.
        return words.count > 12 ? (Int(words[11]) ?? 0) + (Int(words[12]) ?? 0) : 0
    }
}
