package import Configuration
package import CrowdModelsProtocol
package import Scheduling

/// A call's parameters and the text that they stand in, kept as long as its request lasts.
package struct KeptCall {
    private let text: [UInt8]
    private let arguments: Arguments
    /// What its caller gave to find it by in logs (W3C Trace Context); nil for none.
    package let traceparent: String?

    package init(_ line: Span<UInt8>, _ arguments: Arguments) {
        traceparent = RequestMeta.traceparent(of: arguments, in: line, survey: nil)
        text = unsafe line.withUnsafeBufferPointer { unsafe Array($0) }
        self.arguments = arguments
    }

    package var byteCount: Int { text.count }

    package func has(_ index: Int) -> Bool { arguments[index].isPresent }

    /// The value's token as it came; empty where it was not given.
    package func token(_ index: Int) -> [UInt8] {
        has(index) ? Array(text[arguments[index].bounds]) : []
    }

    /// The characters of a string; nil where it was not given.
    package func string(_ index: Int) -> String? {
        let text = text
        return has(index)
            ? JSONText.string(text.span.extracting(arguments[index].bounds)) : nil
    }

    package func integer(_ index: Int) -> Int? {
        let text = text
        return has(index)
            ? JSONText.integer(text.span.extracting(arguments[index].bounds)) : nil
    }

    package func isTrue(_ index: Int) -> Bool {
        has(index) && text[Int(arguments[index].start)] == UInt8(ascii: "t")
    }

    /// Where the parameters stand that every request to a server has; nil for one it lacks.
    package struct Places {
        var model: Int?
        var backend: Int?
        var priority: Int?
        var timeout: Int?
        var deadline: Int?
        package var tag: Int?

        package init(
            model: Int? = nil, backend: Int? = nil, priority: Int? = nil, timeout: Int? = nil,
            deadline: Int? = nil, tag: Int? = nil
        ) {
            self.model = model
            self.backend = backend
            self.priority = priority
            self.timeout = timeout
            self.deadline = deadline
            self.tag = tag
        }
    }

    /// What the scheduler needs to know of it. Times are nanoseconds of the loop's clock.
    package func ticket(
        _ places: Places, key: UInt64, caller: Caller, config: Config, arrivedAt: UInt64
    ) -> Ticket {
        let milliseconds = places.timeout.flatMap(integer) ?? Self.timeoutDefault
        var ticket = Ticket(
            key: key, caller: caller, model: nil,
            expiresAt: arrivedAt &+ UInt64(clamping: milliseconds) &* 1_000_000)
        if let name = places.model.flatMap(string) {
            let chain = config.chain(for: name)
            ticket.model = chain[0]
            ticket.fallbacks = Array(chain.dropFirst())
        }
        ticket.backend = places.backend.flatMap(string)
        ticket.priority = places.priority.flatMap(string) == "batch" ? .batch : .interactive
        ticket.deadline = places.deadline.flatMap(integer).map {
            arrivedAt &+ UInt64(clamping: $0) &* 1_000_000
        }
        return ticket
    }

    /// Milliseconds, as `complete` has them.
    private static let timeoutDefault = 300_000
}
