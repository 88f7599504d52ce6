/// What the first bytes of a connection say is spoken on it.
enum Greeting: Equatable {
    /// JSON-RPC, or what will be told that it is none.
    case lines
    /// An HTTP method, a space, and `/` or `*`.
    case http
    /// They may be either; more will tell.
    case unclear

    private static let methods: [StaticString] = [
        "GET ", "POST ", "HEAD ", "OPTIONS ", "PUT ", "DELETE ", "PATCH ", "TRACE ", "CONNECT ",
    ]

    init(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else {
            self = .unclear
            return
        }
        self = .lines
        // Whoever speaks JSON is told by the first byte.
        guard bytes[0] &- UInt8(ascii: "A") < 26 else { return }
        for method in Self.methods where Self.begins(bytes, with: method) {
            let length = method.utf8CodeUnitCount
            guard bytes.count > length else {
                self = .unclear
                return
            }
            let next = bytes[length]
            if next == UInt8(ascii: "/") || next == UInt8(ascii: "*") { self = .http }
        }
    }

    /// Whether `bytes` are the beginning of `method`, or begin with all of it.
    private static func begins(_ bytes: Span<UInt8>, with method: StaticString) -> Bool {
        method.withUTF8Buffer { letters in
            for index in 0..<min(letters.count, bytes.count)
            where unsafe letters[index] != bytes[index] {
                return false
            }
            return true
        }
    }
}
