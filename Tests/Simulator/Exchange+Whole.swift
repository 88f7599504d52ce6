extension Exchange {
    func reply(_ refusal: Refusal, extra: [(String, String)] = []) throws(Ending) {
        let errorsArePretty = fault("pretty")?.argument == "errors"
        try reply(
            refusal.body, status: refusal.status,
            style: errorsArePretty ? .pretty : refusal.style, extra: extra)
    }

    func reply(
        _ json: JSON, status: Int = 200, style: JSON.Style = .compact,
        extra: [(String, String)] = []
    ) throws(Ending) {
        var style = style
        if let pretty = fault("pretty"), pretty.argument != "errors" { style = .pretty }
        var body = json.bytes(style)
        if fault("garbage") != nil {
            body = Array(body.prefix(body.count / 2)) + Array("<<<garbage>>>".utf8)
        }
        try reply(body, type: Exchange.jsonType, status: status, extra: extra)
    }

    /// Sends an answer whose body is known.
    func reply(
        _ body: [UInt8], type: String, status: Int, extra: [(String, String)] = []
    ) throws(Ending) {
        simulation.journal.answered(number, status)
        chooseFraming(streams: false)
        try sendInterim()
        let length = declared(body.count)
        var head = head(status, type: type, length: length, extra: extra)
        if fault("garbage-head") != nil {
            head = Array("ICY ??? \u{7F}\r\nno colon here\r\n\r\n".utf8)
        }
        if fault("hang-headers") != nil {
            try send(head)
            try waitForEver()
        }
        if request.method == "HEAD" {
            try send(head)
            return
        }
        try breakOff(head, body)
        try send(head + framed(body))
        if length != body.count { throw .close }
        if !keepsAlive { throw .close }
    }

    func chooseFraming(streams: Bool) {
        framing = streams ? .chunked : .length
        let chunks = ["chunked", "trailers", "bad-chunk"]
        if faults.contains(where: { chunks.contains($0.name) }) { framing = .chunked }
        let isOld = request.isOld || fault("http10") != nil
        if isOld { keepsAlive = false }
        if fault("no-content-length") != nil || (isOld && framing == .chunked) {
            framing = .untilClose
        }
        if fault("close") != nil { keepsAlive = false }
    }

    /// The first bytes of some answers are a note that the answer will come.
    func sendInterim() throws(Ending) {
        guard let interim = fault("interim") else { return }
        let status = interim.argument ?? "103"
        let line =
            switch status {
            case "100": "100 Continue\r\n"
            case "102": "102 Processing\r\n"
            default: "103 Early Hints\r\nLink: </style.css>; rel=preload\r\n"
            }
        try send(Array("HTTP/1.1 \(line)\r\n".utf8))
    }

    private func declared(_ count: Int) -> Int {
        switch fault("content-length")?.argument {
        case nil: count
        case "short": count / 2
        case "long": count + 100
        case let text?: Int(text) ?? count
        }
    }

    /// Half of the body, then what the fault has instead of the rest.
    private func breakOff(_ head: [UInt8], _ body: [UInt8]) throws(Ending) {
        let names = ["reset", "truncate", "stall"]
        guard let broken = faults.first(where: { names.contains($0.name) }) else { return }
        let half = Array(body.prefix(body.count / 2))
        try send(head + (framing == .chunked ? chunk(half) : half))
        switch broken.name {
        case "reset": throw .reset
        case "stall": try waitForEver()
        default: throw .close
        }
    }

    private func framed(_ body: [UInt8]) -> [UInt8] {
        guard framing == .chunked else { return body }
        let size = max(1, fault("chunked")?.number(or: 0) ?? 0)
        let piece = size > 1 ? size : max(1, body.count / 3)
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: body.count, by: piece) {
            bytes += chunk(Array(body[start..<min(body.count, start + piece)]))
        }
        return bytes + lastChunk
    }

    func chunk(_ bytes: [UInt8]) -> [UInt8] {
        let size = fault("bad-chunk") == nil ? String(bytes.count, radix: 16) : "xyz"
        return Array("\(size)\r\n".utf8) + bytes + [13, 10]
    }

    var lastChunk: [UInt8] {
        let trailer = fault("trailers") == nil ? "" : "X-Checksum: 0\r\n"
        return Array("0\r\n\(trailer)\r\n".utf8)
    }
}
