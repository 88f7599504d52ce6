import Glibc

/// A Unix socket that a test makes itself: to pass on, or to hear words on.
final class BoundSocket {
    let descriptor: Int32

    /// Binds a stream socket that listens, or a datagram socket; a name that begins with `@` is
    /// abstract.
    init(_ name: String, datagram: Bool = false) {
        let kind = datagram ? SOCK_DGRAM : SOCK_STREAM
        descriptor = socket(AF_UNIX, Int32(kind.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        let isAbstract = bytes.first == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let size = MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1)
        let bound = withUnsafeBytes(of: &address) {
            bind(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(size))
        }
        precondition(bound == 0)
        if !datagram { precondition(listen(descriptor, 16) == 0) }
    }

    deinit { close(descriptor) }

    /// The next datagram; throws when none comes in time.
    func receive(until deadline: Deadline = Deadline()) throws -> String {
        var interest = pollfd(descriptor: descriptor)
        guard poll(&interest, 1, deadline.milliseconds) > 0 else {
            throw LineReader.TooLate(got: "no datagram")
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
