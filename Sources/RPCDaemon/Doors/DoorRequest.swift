package import CrowdModelsProtocol
package import HTTP

/// A request that has come whole, as a tongue reads it; gone when `question` returns.
package struct DoorRequest: ~Escapable {
    package let head: IncomingRequestHead
    /// The path without `/v1`, however often it stood there, and without a slash at its end.
    package let path: String
    /// What stood behind `?`; empty for nothing.
    package let query: String
    /// Empty, or one valid JSON object with space around it at most.
    package let body: Span<UInt8>
    /// The body's own members, found while it was validated; the first ones of very many.
    package let members: [JSONMember]
    /// When it came, in seconds since 1970.
    package let receivedAt: Int
    /// A name for the request that no other has as long as the daemon runs: letters, digits, `-`.
    package let key: String

    @_lifetime(copy body)
    package init(
        _ head: IncomingRequestHead, body: Span<UInt8>, members: [JSONMember], receivedAt: Int,
        key: String
    ) {
        self.head = head
        self.body = body
        self.members = members
        self.receivedAt = receivedAt
        self.key = key
        (path, query) = Self.parts(of: head.target)
    }

    /// The value of the body's last member of that name; nil where there is none, or null.
    package func value(_ name: StaticString) -> JSONRange? {
        members.last(named: name, in: body)
    }

    /// The bytes of a value of the body.
    @_lifetime(copy self)
    package func token(_ value: JSONRange) -> Span<UInt8> { body.extracting(value.bounds) }

    /// What a value of the body is.
    package func kind(_ value: JSONRange) -> JSONKind {
        JSONKind(firstByte: body[Int(value.start)])
    }

    /// The characters of a member that is a string; nil for no such member, and for what is none.
    package func string(_ name: StaticString) -> String? {
        guard let value = value(name), kind(value) == .string else { return nil }
        return JSONText.string(token(value))
    }

    /// Whether a member is `true`.
    package func isTrue(_ name: StaticString) -> Bool {
        guard let value = value(name) else { return false }
        return body[Int(value.start)] == UInt8(ascii: "t")
    }

    /// Path and query of a target. `/v1` is left out, since people paste bases with it and without
    /// it into programs that add it or do not.
    static func parts(of target: String) -> (path: String, query: String) {
        let bytes = target.utf8
        let mark = bytes.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        var path = target[..<(mark ?? target.endIndex)]
        var query = ""
        if let mark, bytes[mark] == UInt8(ascii: "?") {
            query = String(target[target.index(after: mark)...].prefix { $0 != "#" })
        }
        while path.hasPrefix("//") { path = path.dropFirst() }
        while path == "/v1" || path.hasPrefix("/v1/") {
            path = path.dropFirst(3)
            while path.hasPrefix("//") { path = path.dropFirst() }
        }
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return (path.isEmpty ? "/" : String(path), query)
    }
}
