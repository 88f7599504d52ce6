import CLinux

/// An open file of the kernel, closed when its owner goes.
package struct FileDescriptor: ~Copyable, Sendable {
    /// The number; valid as long as this value lives.
    package let number: Int32

    /// Takes ownership of `number`.
    package init(owning number: Int32) {
        self.number = number
    }

    deinit {
        clinux_close(number)
    }

    /// Reads what is there, at most what `bytes` can hold; 0 is the end of the file.
    @inline(__always)
    package func read(
        into bytes: UnsafeMutableRawBufferPointer
    ) throws(Errno) -> Int {
        unsafe try Errno.check(clinux_receive(number, bytes.baseAddress, bytes.count))
    }

    /// What was sent on a socket and is not read yet, in the kernel's own measure: it falls
    /// whenever the other side has read a piece that was sent at once, at most 36 KiB.
    package func unread() -> Int {
        Int(max(0, clinux_unread(number)))
    }

    /// Writes as much of `bytes` as fits now, never raising SIGPIPE.
    @inline(__always)
    package func write(_ bytes: Span<UInt8>) throws(Errno) -> Int {
        unsafe try bytes.withUnsafeBufferPointer { (buffer) throws(Errno) -> Int in
            unsafe try Errno.check(clinux_send(number, buffer.baseAddress, buffer.count))
        }
    }

    /// Writes as much of `first` and then `second` as fits now, never raising SIGPIPE.
    package func write(_ first: Span<UInt8>, _ second: Span<UInt8>) throws(Errno) -> Int {
        unsafe try first.withUnsafeBufferPointer { (first) throws(Errno) -> Int in
            unsafe try second.withUnsafeBufferPointer { (second) throws(Errno) -> Int in
                unsafe try Errno.check(
                    clinux_send_both(
                        number, first.baseAddress, first.count, second.baseAddress, second.count))
            }
        }
    }
}
