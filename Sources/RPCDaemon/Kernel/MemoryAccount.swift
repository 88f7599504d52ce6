package import CrowdModelsProtocol

/// The bytes that are held for clients, all of them together: lines that are not handled yet, what
/// requests hold, answers of servers on their way, and output that waits to be read.
///
/// One a loop; each holder says what it held before and holds now.
package final class MemoryAccount {
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
        held &+= bytes &- counted
        counted = bytes
    }

    /// The same for what can be given up: throws 1013 where it is too much, and counts nothing
    /// more.
    package func hold(_ bytes: Int, counted: inout Int) throws(Fault) {
        guard bytes <= counted || held + bytes - counted <= max else {
            throw Fault(
                .limitExceeded,
                "\(held) bytes are held for the daemon's clients, and this request's would be more "
                    + "than may be (memory_max \(max)); try again when others are answered",
                data: ["limit": "memory_max", "value": .integer(max)], retryable: true)
        }
        change(&counted, to: bytes)
    }
}
