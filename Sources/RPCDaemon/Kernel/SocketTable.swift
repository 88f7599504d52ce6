import Glibc

/// The kernel's tables of TCP sockets, in which each has its owner: `/proc/self/net/tcp` for IPv4
/// and `tcp6` beside it, those of this network namespace.
package enum SocketTable {
    /// What a line says of a socket.
    struct Entry: Equatable {
        var state: UInt8
        var uid: UInt32
        /// 0 for a socket that no process holds any more: its `uid` says nothing then.
        var inode: UInt64
    }

    /// Bytes of a table that are read: 100,000 sockets, each with 150.
    private static let bytesMax = 16 << 20
    /// The state of a socket that listens.
    private static let listening: UInt8 = 0x0A

    /// The user whose socket is at the other end of an accepted connection; nil where no process
    /// on this machine holds it.
    package static func owner(ofPeer number: Int32) -> UInt32? {
        guard let ends = try? TCPEndpoint.both(of: number) else { return nil }
        for isSix in ends.peer.isMapped ? [false, true] : [true] {
            let table = read(isSix)
            guard
                let entry = entry(
                    local: text(ends.peer, isSix), remote: text(ends.own, isSix), in: table)
            else { continue }
            return entry.inode == 0 ? nil : entry.uid
        }
        return nil
    }

    /// Who listens on a TCP port, in a few words; nil where nobody is found.
    package static func listener(onPort port: UInt16) -> String? {
        let needle = ":" + hex(UInt32(port), digits: 4)
        for isSix in [false, true] {
            for line in String(decoding: read(isSix), as: UTF8.self).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count > 9, words[1].hasSuffix(needle),
                    let entry = entry(words[3...]), entry.state == listening
                else { continue }
                guard let pid = process(holding: entry.inode) else {
                    return "a program of user \(entry.uid)"
                }
                let name = SmallFile.read("/proc/\(pid)/comm", limit: 64) ?? []
                let text = String(decoding: name.prefix { $0 != 10 }, as: UTF8.self)
                return "\(text) (pid \(pid))"
            }
        }
        return nil
    }

    private static func read(_ isSix: Bool) -> [UInt8] {
        SmallFile.read(isSix ? "/proc/self/net/tcp6" : "/proc/self/net/tcp", limit: bytesMax) ?? []
    }

    /// The entry of the socket between two ends, as `text` writes them.
    static func entry(local: String, remote: String, in table: [UInt8]) -> Entry? {
        let needle = Array(" \(local) \(remote) ".utf8)
        var line = table[...]
        while let end = line.firstIndex(of: 10) {
            // Before the ends stands the line's number and a colon.
            if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let ends = line[(colon + 1)..<max(end, colon + 1)]
                if ends.starts(with: needle) {
                    let rest = String(decoding: ends.dropFirst(needle.count), as: UTF8.self)
                    return entry(rest.split(separator: " ")[...])
                }
            }
            line = line[(end + 1)...]
        }
        return nil
    }

    /// Reads the words from the state on.
    private static func entry(_ words: ArraySlice<Substring>) -> Entry? {
        let words = Array(words)
        guard words.count > 6, let state = UInt8(words[0], radix: 16), let uid = UInt32(words[4]),
            let inode = UInt64(words[6])
        else { return nil }
        return Entry(state: state, uid: uid, inode: inode)
    }

    /// An end as the tables write it: each word of the address as the machine reads it, and the
    /// port, in hexadecimal digits.
    static func text(_ end: TCPEndpoint, _ isSix: Bool) -> String {
        var text = ""
        for start in stride(from: isSix ? 0 : 12, to: 16, by: 4) {
            var word: UInt32 = 0
            unsafe withUnsafeMutableBytes(of: &word) { bytes in
                for index in 0..<4 { unsafe bytes[index] = end.address[start + index] }
            }
            text += hex(word, digits: 8)
        }
        return "\(text):\(hex(UInt32(end.port), digits: 4))"
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// A process that holds the socket, among those whose descriptors this user may see.
    private static func process(holding inode: UInt64) -> Int32? {
        let wanted = Array("socket:[\(inode)]".utf8)
        for name in names(in: "/proc") {
            guard let pid = Int32(name) else { continue }
            let folder = "/proc/\(pid)/fd"
            for number in names(in: folder) {
                var target = [UInt8](repeating: 0, count: 64)
                let count = unsafe target.withUnsafeMutableBytes { bytes in
                    unsafe readlink("\(folder)/\(number)", bytes.baseAddress!, bytes.count)
                }
                if count == wanted.count, target.starts(with: wanted) { return pid }
            }
        }
        return nil
    }

    private static func names(in path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            names.append(name)
        }
        return names
    }
}
