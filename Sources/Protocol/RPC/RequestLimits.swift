/// What a line may hold before it is understood, as `[limits]` of the configuration says.
public struct RequestLimits: Equatable, Sendable {
    /// Levels of JSON, the outermost value being 1.
    public var depthMax = 128
    /// Requests in a batch.
    public var batchMax = 100
    /// Bytes of an id as it is written, without its quotes.
    public var idBytesMax = 4096
    /// Bytes of a name: of a method, a model, a backend, a tag, a session.
    public var nameBytesMax = 1024

    /// The defaults.
    public init() {}
}

extension Fault {
    /// -32602 with the limit's name: `what` is longer than a name may be.
    public static func nameTooLong(_ what: String, _ limits: RequestLimits) -> Fault {
        Fault(
            .invalidParams,
            "\(what) is longer than \(limits.nameBytesMax) bytes (name_bytes_max)",
            data: ["kind": "limit_exceeded", "limit": "name_bytes_max"])
    }
}
