import CLinux

/// What this process holds without using it: freed memory, and code that ran once.
package enum ProcessMemory {
    /// Freed memory that is kept at the top of the heap for the next request: what four prompts of
    /// 1 MiB take, each some four times its size on its way. Given back at once, as the C library
    /// does above 128 KiB, each such prompt costs a thousand page faults: 2.5 instead of 0.8 ms.
    private static let keptBytes = 16 << 20

    /// Keeps what large requests freed until `release`.
    package static func keepFreed() {
        clinux_keep_freed(Int32(keptBytes))
    }

    /// Gives large blocks back as soon as they are freed, for a process that holds much.
    package static func keepLittleFreed() {
        clinux_keep_freed(Int32(largeBlock))
    }

    /// Bytes of a block that is worth a call of the kernel where memory is short: what is left free
    /// between smaller ones is little, and 16,384 of these are 1 GiB, a quarter of the mappings
    /// that a process may have.
    private static let largeBlock = 64 << 10

    /// Gives back freed memory, of which pieces lie between what is in use.
    static func giveBack() {
        clinux_trim_heap()
    }

    /// Gives back what is not in use; answers how many bytes of code there are.
    ///
    /// A start reads configuration, links libraries and looks up conformances, never again; and for
    /// each page of code that it touches the kernel maps the 15 around it. Measured, 5 of an idle
    /// daemon's 11 MiB are such pages. What is needed after all comes back from the page cache, a
    /// fraction of a microsecond for each page.
    @discardableResult
    package static func release() -> Int {
        clinux_trim_heap()
        return clinux_drop_code()
    }
}
