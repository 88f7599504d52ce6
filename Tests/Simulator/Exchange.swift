/// One request and its answer: it writes the answer as asked, or as its faults have it.
///
/// It lives on its connection's thread alone, from the request's last byte to the answer's.
final class Exchange {
    /// Why an answer's code stops before its end.
    enum Ending: Error {
        /// The answer is whole after all: the connection goes on.
        case finished
        case close
        case reset
        case peerGone
    }

    enum Framing { case length, chunked, untilClose }

    let simulation: Simulation
    let socket: Socket
    let request: Request
    let faults: [Fault]
    let number: Int
    let started = Clock.now
    let bell: Bell
    var keepsAlive: Bool
    var framing = Framing.length
    var isGenerating = false
    var tokensSent = 0
    var framesSent = 0
    var held: [UInt8] = []
    var heldFrames = 0
    private var lookedAt: UInt64

    init(
        _ simulation: Simulation, _ socket: Socket, _ bell: Bell, _ request: Request, number: Int,
        faults: [Fault]
    ) {
        self.simulation = simulation
        self.socket = socket
        self.bell = bell
        self.request = request
        self.number = number
        self.faults = faults
        keepsAlive = request.keepAlive
        lookedAt = started
    }

    func fault(_ name: String) -> Fault? { faults.first { $0.name == name } }

    /// Waits until `deadline`, or a ring; a client that closes ends it at once.
    func wait(until deadline: UInt64?) throws(Ending) {
        let began = Clock.now
        let wake = socket.wait(until: deadline, bell: bell)
        let now = Clock.now
        guard wake == .peerGone else {
            lookedAt = now
            return
        }
        simulation.journal.closedEarly(number, now - started)
        if isGenerating {
            // A poll that slept was woken by the close; one that did not may have come late.
            let hasSlept = now - began > 50_000
            simulation.journal.aborted(
                Journal.Abort(
                    request: number, afterStart: now - started,
                    delay: hasSlept ? 0 : now - lookedAt, detected: now, tokens: tokensSent))
        }
        throw .peerGone
    }

    func waitForEver() throws(Ending) -> Never {
        while true { try wait(until: nil) }
    }

    func pause(_ time: UInt64) throws(Ending) {
        let deadline = Clock.now + time
        while Clock.now < deadline { try wait(until: deadline) }
    }

    func send(_ bytes: [UInt8]) throws(Ending) {
        if let split = fault("split") {
            try sendPieces(bytes, split)
        } else if !socket.send(bytes) {
            try lost()
        }
    }

    private func sendPieces(_ bytes: [UInt8], _ split: Fault) throws(Ending) {
        let parts = (split.argument ?? "1").split(separator: ":").map { Int($0) ?? 1 }
        let size = max(1, parts.first ?? 1)
        for start in stride(from: 0, to: bytes.count, by: size) {
            if !socket.send(bytes[start..<min(bytes.count, start + size)]) { try lost() }
            if parts.count > 1 { try pause(UInt64(max(0, parts[1])) * 1000) }
        }
    }

    private func lost() throws(Ending) -> Never {
        let now = Clock.now
        simulation.journal.closedEarly(number, now - started)
        if isGenerating {
            simulation.journal.aborted(
                Journal.Abort(
                    request: number, afterStart: now - started, delay: now - lookedAt,
                    detected: now, tokens: tokensSent))
        }
        throw .peerGone
    }

    /// The status line and headers up to the empty line.
    func head(_ status: Int, type: String, length: Int?, extra: [(String, String)] = []) -> [UInt8]
    {
        var text = fault("http10") == nil ? "HTTP/1.1 " : "HTTP/1.0 "
        text += "\(status) \(Exchange.reasons[status] ?? "Unknown")\r\n"
        text += "X-Powered-By: Express\r\n"
        text += "Content-Type: \(type)\r\n"
        if type == Exchange.eventStream { text += "Cache-Control: no-cache\r\n" }
        for (name, value) in extra { text += "\(name): \(value)\r\n" }
        if let huge = fault("huge-header") {
            text += "X-Padding: \(String(repeating: "a", count: huge.number(or: 65536)))\r\n"
        }
        switch framing {
        case .length: text += "Content-Length: \(length ?? 0)\r\n"
        case .chunked:
            if fault("trailers") != nil { text += "Trailer: X-Checksum\r\n" }
            text += "Transfer-Encoding: chunked\r\n"
        case .untilClose: keepsAlive = false
        }
        text += "Date: \(Clock.httpDate)\r\n"
        text += keepsAlive ? "Connection: keep-alive\r\n" : "Connection: close\r\n"
        let idle = simulation.options.idleTimeout
        if keepsAlive && idle > 0 { text += "Keep-Alive: timeout=\(idle / 1_000_000_000)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    static let eventStream = "text/event-stream"
    static let jsonType = "application/json; charset=utf-8"

    static let reasons: [Int: String] = [
        200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        408: "Request Timeout", 413: "Payload Too Large", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 500: "Internal Server Error",
        501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        504: "Gateway Timeout", 505: "HTTP Version Not Supported", 529: "Overloaded",
    ]
}
