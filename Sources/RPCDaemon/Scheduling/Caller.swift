/// Who asks, as the kernel tells it, from the whole to the part: shares are fair between uids, then
/// between a uid's processes, a process's connections, and a connection's tags.
package struct Caller: Hashable, Sendable {
    package var uid: UInt32
    package var pid: Int32
    /// The daemon's own number of the connection.
    package var connection: UInt64
    /// The label that the request gave itself; empty for none.
    package var tag: String

    package init(uid: UInt32, pid: Int32, connection: UInt64, tag: String = "") {
        self.uid = uid
        self.pid = pid
        self.connection = connection
        self.tag = tag
    }
}
