package import CrowdModelsProtocol

/// The bytes that are held for clients, all of them together: lines that are not handled yet, what
/// requests hold, answers of servers on their way, and output that waits to be read.
///
/// One a loop; each holder says what it held before and holds now.
package final class MemoryAccount {
    /// Bytes that a request takes beside its text: what keeps it, its caller's id and names, its
    /// place in a queue, its connection to the server.
    private static let requestBytes = 4096

    /// Bytes held from which on freed memory goes back at once: a daemon that holds as much has no
    /// use for the pieces between it, and `memory_max` is about the whole process.
    private static let tightBytes = 64 << 20
    /// Bytes that may come and go in a heap that is tight before it is seen what the process takes:
    /// a buffer that grows frees twice as much on its way.
    private static let movedMax = 8 << 20
    /// Bytes that the process may take beside what is held, before what was freed goes back to the
    /// kernel: pieces between what is still in use stay otherwise, beside all that comes next.
    private static let besidesMax = 24 << 20
    private var isTight = false
    /// Bytes that came or went since it was last seen what the process takes.
    private var moved = 0

    /// Bytes that are held now.
    package private(set) var held = 0
    /// Bytes that may be (`memory_max`).
    package var max: Int

    package init(max: Int) {
        self.max = max
    }

    /// Whether more is held than may be.
    package var isOver: Bool { held > max }

    /// A holder that had counted `counted` bytes holds `bytes` now.
    @inline(__always)
    package func change(_ counted: inout Int, to bytes: Int) {
        let difference = bytes &- counted
        held &+= difference
        counted = bytes
        if held > Self.tightBytes || isTight { tighten(abs(difference)) }
    }

    /// Keeps the process as small as what it holds, now that this is much.
    private func tighten(_ bytes: Int) {
        moved += bytes
        if moved >= Self.movedMax || !isTight {
            moved = 0
            settle()
        }
        if (held > Self.tightBytes) == isTight { return }
        isTight.toggle()
        if isTight { ProcessMemory.keepLittleFreed() } else { ProcessMemory.keepFreed() }
    }

    /// Gives back what was freed in pieces, where that is much.
    package func settle() {
        if ThisProcess.residentBytes > held + Self.besidesMax { ProcessMemory.giveBack() }
    }

    /// The same for a request of so many bytes, which can be given up: throws 1013 where it is too
    /// much, and counts nothing more.
    package func hold(_ bytes: Int, counted: inout Int) throws(Fault) {
        let bytes = bytes + Self.requestBytes
        guard bytes <= counted || held + bytes - counted <= max else { throw fault }
        change(&counted, to: bytes)
    }

    /// 1013 for what would be too much.
    package var fault: Fault {
        Fault(
            .limitExceeded,
            "\(held) bytes are held for the daemon's clients, and this request's would be more "
                + "than may be (memory_max \(max)); try again when others are answered",
            data: ["limit": "memory_max", "value": .integer(max)], retryable: true)
    }
}
