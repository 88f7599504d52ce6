import Synchronization

/// What the simulator saw and counted, for `GET /simulator/log` and `/simulator/stats`.
final class Journal: Sendable {
    struct Entry {
        let number: Int
        let connection: Int
        let arrived: UInt64
        let request: Request
        var faults: [String] = []
        var status: Int?
        var closedEarly: UInt64?
    }

    struct Abort {
        let request: Int
        let afterStart: UInt64
        let delay: UInt64
        let detected: UInt64
        let tokens: Int
    }

    private struct State {
        var entries: [Entry] = []
        var aborts: [Abort] = []
        var requests = 0
        var connections = 0
        var open = 0
        var generating = 0
        var generated = 0
        /// Tokens of what was generated whole.
        var promptTokens = 0
        var completionTokens = 0
        var aborted = 0
    }

    /// The oldest are dropped: a day's benchmark must not fill the memory.
    static let entriesMax = 1000
    static let abortsMax = 1000
    /// A body's beginning says what it was.
    static let bodyBytesMax = 256 << 10

    private let state = Mutex(State())
    private let started = Clock.now
    /// Requests answered without a look, with `--constant`.
    let constant = Atomic<Int>(0)

    func connected() -> Int {
        state.withLock { state in
            state.connections += 1
            state.open += 1
            return state.connections
        }
    }

    func disconnected() { state.withLock { $0.open -= 1 } }

    func arrived(_ request: Request, connection: Int) -> Int {
        state.withLock { state in
            state.requests += 1
            if state.entries.count >= Journal.entriesMax { state.entries.removeFirst() }
            state.entries.append(
                Entry(
                    number: state.requests, connection: connection, arrived: Clock.now,
                    request: request))
            return state.requests
        }
    }

    private func change(_ number: Int, _ body: (inout Entry) -> Void) {
        state.withLock { state in
            guard let first = state.entries.first?.number, number >= first,
                number - first < state.entries.count
            else { return }
            body(&state.entries[number - first])
        }
    }

    func met(_ faults: [Fault], _ number: Int) {
        change(number) { $0.faults = faults.map(\.name) }
    }

    func answered(_ number: Int, _ status: Int) { change(number) { $0.status = status } }

    func closedEarly(_ number: Int, _ afterStart: UInt64) {
        change(number) { $0.closedEarly = afterStart }
    }

    func generationBegan() { state.withLock { $0.generating += 1 } }

    /// `served` is what was generated whole; nil for what broke off.
    func generationEnded(_ served: (promptTokens: Int, completionTokens: Int)?) {
        state.withLock { state in
            state.generating -= 1
            guard let served else { return }
            state.generated += 1
            state.promptTokens += served.promptTokens
            state.completionTokens += served.completionTokens
        }
    }

    func aborted(_ abort: Abort) {
        state.withLock { state in
            state.aborted += 1
            if state.aborts.count >= Journal.abortsMax { state.aborts.removeFirst() }
            state.aborts.append(abort)
        }
    }

    /// Forgets the requests and aborts; what is open or running stays counted.
    func clear() {
        state.withLock { state in
            var fresh = State()
            fresh.connections = state.connections
            fresh.open = state.open
            fresh.generating = state.generating
            fresh.requests = state.requests
            state = fresh
        }
    }

    var log: JSON {
        let entries = state.withLock { $0.entries }
        return ["requests": .array(entries.map(describe))]
    }

    private func describe(_ entry: Entry) -> JSON {
        let headers = entry.request.headers.map { header -> JSON.Member in
            let isSecret = header.name == "authorization" || header.name == "x-api-key"
            return JSON.Member(
                name: header.name, value: .string(isSecret ? "(hidden)" : header.value))
        }
        return [
            "number": .int(entry.number), "connection": .int(entry.connection),
            "at_ms": Clock.milliseconds(entry.arrived - started),
            "method": .string(entry.request.method), "path": .string(entry.request.target),
            "headers": .object(headers),
            "body": .string(
                String(decoding: entry.request.body.prefix(Journal.bodyBytesMax), as: UTF8.self)),
            "status": entry.status.map(JSON.int) ?? .null,
            "faults": .array(entry.faults.map(JSON.string)),
            "closed_early_ms": entry.closedEarly.map(Clock.milliseconds) ?? .null,
        ]
    }

    var stats: JSON {
        let state = state.withLock { $0 }
        return [
            "requests": .int(state.requests),
            "constant_answers": .int(constant.load(ordering: .relaxed)),
            "connections": .int(state.connections), "connections_open": .int(state.open),
            "generating": .int(state.generating), "generated": .int(state.generated),
            "prompt_tokens": .int(state.promptTokens),
            "completion_tokens": .int(state.completionTokens),
            "aborted": .int(state.aborted),
            "aborts": .array(
                state.aborts.map { abort in
                    [
                        "request": .int(abort.request),
                        "after_ms": Clock.milliseconds(abort.afterStart),
                        "delay_us": .double(Double(abort.delay) / 1000),
                        "detected_monotonic_ns": .int(Int(abort.detected)),
                        "tokens": .int(abort.tokens),
                    ]
                }),
        ]
    }
}
