import Glibc

/// A TCP port of 127.0.0.1 that refuses connections until a server is started on it.
///
/// It is bound and does not listen, so nobody else is given it.
final class ReservedPort {
    let number: UInt16
    private let descriptor: Int32

    init() {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutableBytes(of: &name) { bytes -> Bool in
            let address = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            return bind(descriptor, address, size) == 0
                && getsockname(descriptor, address, &size) == 0
        }
        precondition(bound)
        self.descriptor = descriptor
        number = UInt16(bigEndian: name.sin_port)
    }

    deinit { close(descriptor) }
}
