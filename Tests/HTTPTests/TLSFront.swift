import Glibc
import HTTP
import Kernel
import Synchronization

/// The process of `Tests/scripts/tls_front.py`, which puts TLS before the tests' own servers. There
/// is one for all tests; it ends with this process.
final class TLSFront: Sendable {
    static let shared = TLSFront()

    /// The certificates that it may show.
    enum Certificate: String {
        case good
        /// For another name.
        case stranger
        case expired
    }

    /// What is trusted: the front's own authority.
    let caFile: String
    /// What this system lacks; nil if the front is there.
    let lack: String?
    private let control: Mutex<Int32>

    private init() {
        var place = ""
        var number: Int32 = -1
        var lack = CurlWire.lack
        if lack == nil {
            let words = Self.start().split(separator: " ", maxSplits: 1).map(String.init)
            if words.count == 2, let port = UInt16(words[1]) {
                place = words[0]
                number = Self.connect(to: port)
            } else {
                lack = words.isEmpty ? "there is no python3" : words.joined(separator: " ")
            }
        }
        caFile = place + "/ca.pem"
        control = Mutex(number)
        self.lack = lack
        if let lack { print("skipped: all that goes over TLS: \(lack)") }
    }

    /// Whether servers can be put behind it.
    var isOpen: Bool { lack == nil }

    /// Starts the script; the line that it prints, without its end.
    private static func start() -> String {
        let script =
            #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
            .joined(separator: "/") + "/scripts/tls_front.py"
        var bytes = [CChar](repeating: 0, count: 4096)
        guard let output = popen("exec python3 '\(script)' 2>/dev/null", "re"),
            fgets(&bytes, Int32(bytes.count), output) != nil
        else { return "" }
        return String(decoding: bytes.prefix { $0 > 10 }.map(UInt8.init), as: UTF8.self)
    }

    /// A descriptor of the control connection, which waits where it has to.
    private static func connect(to port: UInt16) -> Int32 {
        guard let address = SocketAddress(numeric: "127.0.0.1", port: port),
            let descriptor = try? StreamSocket.connect(to: address)
        else { preconditionFailure("the front does not take the connection") }
        let number = dup(descriptor.number)
        precondition(fcntl(number, F_SETFL, 0) == 0)
        return number
    }

    /// A port with TLS that leads to `upstream`.
    func open(to upstream: UInt16, _ certificate: Certificate = .good) -> UInt16 {
        control.withLock { number in
            let wish = "\(upstream) \(certificate.rawValue)\n"
            precondition(write(number, wish, wish.utf8.count) == wish.utf8.count)
            var answer = ""
            var byte: UInt8 = 0
            while read(number, &byte, 1) == 1, byte != 10 {
                answer.append(Character(UnicodeScalar(byte)))
            }
            return UInt16(answer)!
        }
    }
}
