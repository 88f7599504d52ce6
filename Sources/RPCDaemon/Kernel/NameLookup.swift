import CLinux
import CrowdModelsProtocol
import Glibc

/// One address of a server as the bytes of its sockaddr.
package struct SocketAddress: Equatable, Sendable {
    /// A `sockaddr_in`, `sockaddr_in6` or `sockaddr_un`.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The address that `host` spells, if it is a numeric IPv4 or IPv6 one; no name is looked up.
    package init?(numeric host: String, port: UInt16) {
        var four = sockaddr_in()
        if unsafe inet_pton(AF_INET, host, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            bytes = unsafe withUnsafeBytes(of: four) { unsafe Array($0) }
            return
        }
        var six = sockaddr_in6()
        guard unsafe inet_pton(AF_INET6, host, &six.sin6_addr) == 1 else { return nil }
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        bytes = unsafe withUnsafeBytes(of: six) { unsafe Array($0) }
    }

    /// The path that a Unix socket is bound to; nil for an unnamed or abstract one.
    package static func unixPath(boundTo number: Int32) -> String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &length)
            }
        }
        guard result == 0 else { return nil }
        let path = unsafe withUnsafeBytes(of: address.sun_path) { bytes in
            unsafe Array(bytes.prefix { $0 != 0 })
        }
        return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
    }

    /// Whether it is this machine and no other.
    package var isLoopback: Bool {
        if bytes.count < 24 { return bytes.count >= 8 && bytes[4] == 127 }
        return bytes[8..<23].allSatisfy { $0 == 0 } && bytes[23] == 1
    }

    /// Both loopback addresses: `localhost` may be either, whatever the machine's files say.
    package static func loopback(port: UInt16) -> [SocketAddress] {
        ["127.0.0.1", "::1"].compactMap { SocketAddress(numeric: $0, port: port) }
    }
}

/// Looks a host name up without stopping the loop: getaddrinfo blocks, so it has a thread for it.
package final class NameLookup: EventHandler {
    /// The addresses found, or the resolver's words.
    package enum Outcome: Sendable {
        case found([SocketAddress])
        case failed(String)
        /// The resolver met an error of the system, such as too many open files.
        case broke(Errno)
    }

    private let descriptor: FileDescriptor
    private let loop: EventLoop
    private var answer = ByteBuffer()
    private var completion: ((Outcome) -> Void)?

    /// Starts the lookup; `completion` is called once on the loop unless it is cancelled before.
    package init(
        host: String, port: UInt16, on loop: EventLoop, completion: @escaping (Outcome) -> Void
    ) throws(Errno) {
        descriptor = FileDescriptor(
            owning: unsafe try Errno.check(clinux_resolve(host, String(port))))
        self.loop = loop
        self.completion = completion
        try loop.watch(descriptor.number, for: .readable, self)
    }

    package func ready(_ events: ReadyEvents) {
        while true {
            do throws(Errno) {
                let count = unsafe try answer.write(room: 1024) {
                    (room) throws(Errno) -> Int in unsafe try descriptor.read(into: room)
                }
                if count == 0 { return finish() }
            } catch .wouldBlock {
                return
            } catch {
                return finish()
            }
        }
    }

    /// Calls nobody any more; the thread ends by itself.
    package func cancel() {
        completion = nil
        loop.forget(descriptor.number)
    }

    private func finish() {
        let completion = completion
        cancel()
        completion?(outcome())
    }

    private func outcome() -> Outcome {
        var addresses: [SocketAddress] = []
        let bytes = Self.array(answer.span)
        var at = 0
        while at + 8 <= bytes.count {
            let length = Int(number(bytes, at))
            if length == 0 {
                let error = Int32(bitPattern: number(bytes, at + 4))
                // The resolver's own numbers are negative.
                if error > 0 { return .broke(Errno(code: error)) }
                if error == EAI_MEMORY { return .broke(.noMemory) }
                let words = unsafe gai_strerror(error)
                return .failed(unsafe words.map { unsafe String(cString: $0) } ?? "unknown error")
            }
            guard at + 4 + length <= bytes.count else { break }
            addresses.append(SocketAddress(bytes: Array(bytes[(at + 4)..<(at + 4 + length)])))
            at += 4 + length
        }
        return addresses.isEmpty ? .failed("no address") : .found(addresses)
    }

    private static func array(_ bytes: Span<UInt8>) -> [UInt8] {
        unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }

    private func number(_ bytes: [UInt8], _ at: Int) -> UInt32 {
        bytes[at..<(at + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
