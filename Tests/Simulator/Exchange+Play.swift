extension Exchange {
    /// Answers as the play has it, or with the capture that a fault names.
    func perform(_ play: Play) throws(Ending) {
        let name = fault("capture")?.argument
        let bytes = name.map(play.capture) ?? play.answer(to: request)
        guard let bytes else {
            let what = name ?? "\(request.method) \(request.target)"
            return try reply(.plain("the play has no capture for \(what)", status: 500))
        }
        try send(capture: bytes)
    }

    /// Sends what a capture holds, or a part of it where a fault breaks it off.
    private func send(capture: [UInt8]) throws(Ending) {
        simulation.journal.answered(number, Self.status(of: capture))
        if request.method == "POST" { try pause(simulation.options.firstTokenDelay) }
        if let broken = faults.first(where: { ["reset", "truncate", "stall"].contains($0.name) }) {
            let part = min(
                capture.count,
                broken.argument.map { _ in broken.number(or: 0) }
                    ?? capture.count / 2)
            try send(Array(capture[..<part]))
            switch broken.name {
            case "reset": throw .reset
            case "stall": try waitForEver()
            default: throw .close
            }
        }
        let head = Self.headCount(of: capture)
        let sent = request.method == "HEAD" ? Array(capture[..<head]) : capture
        try send(sent)
        if !keepsAlive || !Self.tellsItsEnd(capture, head) { throw .close }
    }

    /// The status that a capture begins with, after `HTTP/1.1 `.
    private static func status(of capture: [UInt8]) -> Int {
        Int(String(decoding: capture.dropFirst(9).prefix(3), as: UTF8.self)) ?? 0
    }

    private static func headCount(of capture: [UInt8]) -> Int {
        let end: [UInt8] = [13, 10, 13, 10]
        var at = 0
        while at + 4 <= capture.count {
            if capture[at..<(at + 4)].elementsEqual(end) { return at + 4 }
            at += 1
        }
        return capture.count
    }

    /// Whether the connection can go on after it: its end is where its head or its last chunk says.
    private static func tellsItsEnd(_ capture: [UInt8], _ head: Int) -> Bool {
        let text = String(decoding: capture[..<head], as: UTF8.self).lowercased()
        if text.contains("connection: close") { return false }
        if text.contains("transfer-encoding: chunked") {
            return capture.suffix(5).elementsEqual("0\r\n\r\n".utf8)
        }
        return text.contains("content-length: \(capture.count - head)\r\n")
    }
}
