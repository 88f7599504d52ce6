import CrowdModelsProtocol
import Glibc

/// LM Studio's application, which runs without its server too, and then answers its own tools only.
package enum LMStudioApp {
    /// The ports at which it answers them, in the order in which it tries to listen
    /// (lms-common, apiServerPorts).
    package static let ports: [UInt16] = [41343, 52993, 16141, 39414, 22931]

    /// How long it may take to connect, and to answer: on this machine neither takes any.
    private static let patience = timeval(tv_sec: 0, tv_usec: 300_000)
    /// Bytes of an answer that are read.
    private static let answerBytesMax = 4096

    /// Whether it runs here.
    package static var isRunning: Bool { ports.contains(where: answers) }

    /// Whether it is LM Studio that answers at that port of this machine.
    package static func answers(at port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var patience = patience
        let size = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
            unsafe setsockopt(descriptor, SOL_SOCKET, option, &patience, size)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let request = Array(
            "GET /lms-status HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n".utf8)
        guard isConnected,
            unsafe send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) > 0
        else { return false }
        return isItsAnswer(read(descriptor))
    }

    private static func read(_ descriptor: Int32) -> [UInt8] {
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: answerBytesMax)
        while answer.count < answerBytesMax {
            let count = unsafe recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { break }
            answer += piece[..<count]
        }
        return answer
    }

    /// Whether the answer, head and all, says that its package is LM Studio.
    private static func isItsAnswer(_ answer: [UInt8]) -> Bool {
        guard let start = answer.firstIndex(of: UInt8(ascii: "{")),
            let end = answer.lastIndex(of: UInt8(ascii: "}")), start < end
        else { return false }
        let body = try? JSONValue(parsing: Array(answer[start...end]).span)
        return body?["package"] == "lmstudio"
    }
}
