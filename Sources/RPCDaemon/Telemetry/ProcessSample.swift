import Kernel

/// What the kernel says of this process. Asking takes longer than all else of `stats`, so an answer
/// is good for `lifetime`.
struct ProcessSample {
    private static let lifetime: UInt64 = 100_000_000

    private(set) var residentBytes = 0
    private(set) var openFiles = 0
    private var validUntil: UInt64 = 0

    /// Asks again if the last answer is too old.
    mutating func renew(now: UInt64) {
        guard now >= validUntil else { return }
        validUntil = now &+ Self.lifetime
        residentBytes = ThisProcess.residentBytes
        openFiles = ThisProcess.openFiles
    }
}
