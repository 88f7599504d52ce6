package import CrowdModelsProtocol
package import HTTP

/// A request that has come whole, as a tongue reads it; gone when `question` returns.
package struct DoorRequest: ~Escapable {
    package let head: IncomingRequestHead
    /// Empty, or one valid JSON object with space around it at most.
    package let body: Span<UInt8>
    /// The body's own members, found while it was validated; the first ones of very many.
    let members: Members
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
        self.members = Members(members, in: body)
        self.receivedAt = receivedAt
        self.key = key
    }

    /// The path as `Router` knows it.
    var path: String {
        let target = head.target
        let path = target.extracting(Router.path(in: target))
        return unsafe path.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
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
}
