/// One frame of an event stream; it lives no longer than the call that hands it out.
package struct EventStreamEvent: ~Escapable {
    /// What a frame's `event:` line and data make of it.
    package enum Kind: Equatable, Sendable {
        /// No `event:` line, an empty one, or `event: message`.
        case message
        /// `event: error`: LM Studio's way to fail after it has said 200.
        case error
        /// Any other `event:` line: see `name`.
        case other
        /// A message whose data is `[DONE]`: no more will come.
        case done
        /// mlx_lm's comment `: keepalive 512/4096`: how far the prompt's reading is. The data is
        /// what stands behind the word. Only for who asks for it.
        case progress
    }

    /// How to take the data.
    package let kind: Kind
    /// The `event:` line's value, if `kind` is `.other` or `.error`.
    package let name: Span<UInt8>
    /// The `data:` lines, joined by line feeds; bytes as they came, valid UTF-8 or not.
    package let data: Span<UInt8>

    @_lifetime(copy name, copy data)
    init(kind: Kind, name: Span<UInt8>, data: Span<UInt8>) {
        self.kind = kind
        self.name = name
        self.data = data
    }
}

/// Why an event stream cannot be read on.
package enum EventStreamError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A frame, or one line of any kind, is over `HTTPLimits.eventBytesMax`.
    case eventTooLarge

    /// One sentence for a log line or a caller.
    package var description: String {
        switch self {
        case .eventTooLarge:
            "the server sent a stream event over \(HTTPLimits.eventBytesMax) bytes"
        }
    }
}
