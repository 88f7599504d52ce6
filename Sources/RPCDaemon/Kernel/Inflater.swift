import CLinux
import CrowdModelsProtocol

/// Unpacks a body that was compressed, in pieces as it comes. It owns zlib's window, some 40 KiB.
@safe
package final class Inflater {
    private let inflater: OpaquePointer
    private var room = ByteBuffer()

    /// Bytes that are unpacked at once: a piece of the body as large as one that is read.
    private static let roomBytes = 65_536

    /// Bytes of memory that one takes: zlib's state and window (zlib.h: 44 KiB), and the room.
    package static let bytesOwned = 48 * 1024 + roomBytes

    /// One for gzip and zlib, or, if `isRaw`, for deflate alone. Throws ENOSYS where the
    /// system has no zlib.
    package init(isRaw: Bool) throws(Errno) {
        var opened: OpaquePointer?
        _ = unsafe try Errno.check(clinux_inflater_open(isRaw ? 1 : 0, &opened))
        guard let opened = unsafe opened else { throw .noMemory }
        unsafe inflater = opened
    }

    deinit {
        unsafe clinux_inflater_close(inflater)
    }

    /// Unpacks `bytes` and shows `take` what they hold, piece by piece, until it answers false.
    /// Throws EBADMSG for what is not compressed.
    package func feed(_ bytes: Span<UInt8>, _ take: (Span<UInt8>) -> Bool) throws(Errno) {
        // Taken out for the while, so that nothing that `take` does can meet it half used.
        var unpacked = ByteBuffer()
        swap(&unpacked, &room)
        defer { swap(&unpacked, &room) }
        var at = 0
        while true {
            let used = try unpack(bytes.extracting(at...), to: &unpacked)
            let count = unpacked.count
            at += used
            let goesOn = count == 0 || take(unpacked.span)
            unpacked.removeAll()
            // Room that was filled may have been too little; else all that is there was unpacked.
            if !goesOn || (at == bytes.count && count < Self.roomBytes) { return }
            if used == 0, count == 0 { return }
        }
    }

    /// Unpacks once; how many bytes it used.
    private func unpack(
        _ bytes: Span<UInt8>, to unpacked: inout ByteBuffer
    ) throws(Errno) -> Int {
        var used = 0
        _ = unsafe try bytes.withUnsafeBufferPointer { (bytes) throws(Errno) -> Int in
            unsafe try unpacked.write(room: Self.roomBytes) { (room) throws(Errno) -> Int in
                unsafe try Errno.check(
                    clinux_inflate(
                        inflater, bytes.baseAddress, bytes.count, &used, room.baseAddress,
                        room.count))
            }
        }
        return used
    }
}
