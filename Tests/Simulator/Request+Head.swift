extension Request {
    /// Reads the lines before the empty one; `bytes` ends with the last line's CR LF.
    init(head bytes: ArraySlice<UInt8>) throws(Bad) {
        var lines = try Request.lines(of: bytes)[...]
        guard let first = lines.popFirst() else { throw Bad.syntax }
        try readRequestLine(first)
        for line in lines { try readHeader(line) }
        try readFraming()
    }

    private static func lines(of bytes: ArraySlice<UInt8>) throws(Bad) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        for at in bytes.indices where bytes[at] == 10 {
            guard at > start, bytes[at - 1] == 13 else { throw Bad.syntax }
            lines.append(bytes[start..<at - 1])
            start = at + 1
        }
        if lines.count > headersMax { throw Bad.headTooLarge }
        return lines
    }

    private mutating func readRequestLine(_ line: ArraySlice<UInt8>) throws(Bad) {
        let parts = line.split(separator: 32, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(Request.isToken),
            let first = parts[1].first, first == UInt8(ascii: "/") || first == UInt8(ascii: "*"),
            parts[1].allSatisfy({ $0 > 32 && $0 != 127 })
        else { throw Bad.syntax }
        method = String(decoding: parts[0], as: UTF8.self)
        target = String(decoding: parts[1], as: UTF8.self)
        switch String(decoding: parts[2], as: UTF8.self) {
        case "HTTP/1.1": break
        case "HTTP/1.0": isOld = true
        case let other: throw other.hasPrefix("HTTP/") ? Bad.version : Bad.syntax
        }
    }

    private mutating func readHeader(_ line: ArraySlice<UInt8>) throws(Bad) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(Request.isToken)
        else { throw Bad.syntax }
        var value = line[(colon + 1)...]
        while let byte = value.first, byte == 32 || byte == 9 { value.removeFirst() }
        while let byte = value.last, byte == 32 || byte == 9 { value.removeLast() }
        guard value.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else { throw Bad.syntax }
        headers.append(
            Header(
                name: String(decoding: line[..<colon], as: UTF8.self).lowercased(),
                value: String(decoding: value, as: UTF8.self)))
    }

    /// A length said twice, or beside a coding, is how requests are smuggled: refused.
    private mutating func readFraming() throws(Bad) {
        let lengths = headers.filter { $0.name == "content-length" }
        let codings = headers.filter { $0.name == "transfer-encoding" }
        if !isOld && header("host") == nil { throw Bad.syntax }
        if lengths.count > 1 || (!lengths.isEmpty && !codings.isEmpty) { throw Bad.syntax }
        if let coding = codings.first {
            guard codings.count == 1, coding.value.lowercased() == "chunked" else {
                throw Bad.coding
            }
            contentLength = nil
        } else if let length = lengths.first {
            guard length.value.utf8.count <= 18, let count = Int(length.value),
                length.value.utf8.allSatisfy({ (48...57).contains($0) })
            else { throw Bad.syntax }
            if count > Request.bodyBytesMax { throw Bad.bodyTooLarge }
            contentLength = count
        }
        let connection = header("connection")?.lowercased() ?? ""
        keepAlive = isOld ? connection == "keep-alive" : connection != "close"
        expectsContinue = header("expect")?.lowercased() == "100-continue"
    }

    private static let tokenMarks = Set("!#$%&'*+-.^_`|~".utf8)

    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: tokenMarks.contains(byte)
        }
    }
}
