import CrowdModelsProtocol

/// The id of a request: its token as it came, empty for none, and how it is compared with others.
///
/// Ids are the same if their number tokens are, or their unescaped strings; `null` is that of any
/// number of requests. One that is short, as nearly all are, needs no memory of its own.
struct RequestID {
    /// Bytes of a token that are kept in place: a UUID in quotes is 38.
    private static let shortMax = 40

    private let short: [40 of UInt8]
    /// Bytes of the token.
    let count: Int
    /// The token, where it is not short.
    private let long: [UInt8]
    /// The token as it is compared, where it is written with escapes.
    private let plain: [UInt8]

    init(_ token: Span<UInt8>) {
        let isShort = token.count <= Self.shortMax
        count = token.count
        short = Self.inPlace(isShort ? token : Span())
        long = isShort ? [] : unsafe token.withUnsafeBufferPointer { unsafe Array($0) }
        plain = Self.plain(token)
    }

    private static func inPlace(_ token: Span<UInt8>) -> [40 of UInt8] {
        var bytes = [40 of UInt8](repeating: 0)
        unsafe token.withUnsafeBytes { token in
            unsafe withUnsafeMutableBytes(of: &bytes) { unsafe $0.copyMemory(from: token) }
        }
        return bytes
    }

    private static func plain(_ token: Span<UInt8>) -> [UInt8] {
        guard !token.isEmpty, token[0] == UInt8(ascii: "\""), JSONText.hasEscape(token) else {
            return []
        }
        var buffer = ByteBuffer()
        buffer.append(string: JSONText.string(token))
        return buffer.bytes
    }

    /// The token as it came.
    var token: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            count <= Self.shortMax ? short.span.extracting(0..<count) : long.span
        }
    }

    /// What two ids have alike exactly if they are the same.
    var canonical: Span<UInt8> {
        @_lifetime(borrow self)
        get { plain.isEmpty ? token : plain.span }
    }

    /// Whether it is `null`, which every request may have at once.
    static func isNull(_ token: Span<UInt8>) -> Bool {
        !token.isEmpty && token[0] == UInt8(ascii: "n")
    }
}

extension RequestID: Hashable {
    static func == (left: RequestID, right: RequestID) -> Bool {
        left.canonical.isEqual(to: right.canonical)
    }

    func hash(into hasher: inout Hasher) {
        unsafe canonical.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}
