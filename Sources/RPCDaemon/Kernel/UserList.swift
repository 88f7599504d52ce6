/// What the machine's own list of users says of them; those of a directory service are not in it.
package enum UserList {
    /// Bytes of `/etc/passwd` that are read: 10,000 users, each with 100.
    private static let bytesMax = 1 << 20

    /// The group that a user is in first of all; nil for one who is not in the list.
    package static func primaryGroup(of uid: UInt32) -> UInt32? {
        primaryGroup(of: uid, in: SmallFile.read("/etc/passwd", limit: bytesMax) ?? [])
    }

    static func primaryGroup(of uid: UInt32, in list: [UInt8]) -> UInt32? {
        for line in list.split(separator: 10) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard fields.count > 3,
                UInt32(String(decoding: fields[2], as: UTF8.self)) == uid
            else { continue }
            return UInt32(String(decoding: fields[3], as: UTF8.self))
        }
        return nil
    }
}
