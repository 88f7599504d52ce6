extension Exchange {
    func beginStream() throws(Ending) {
        simulation.journal.answered(number, 200)
        chooseFraming(streams: true)
        try sendInterim()
        try send(head(200, type: Exchange.eventStream, length: nil))
        if fault("hang-headers") != nil { try waitForEver() }
    }

    /// Sends one frame; `text` is its lines without the empty one that ends it.
    func frame(_ text: [UInt8]) throws(Ending) {
        var bytes: [UInt8] = []
        if fault("comments") != nil { bytes += ": keepalive\n\n".utf8 }
        bytes += text
        bytes += "\n\n".utf8
        if fault("crlf") != nil {
            bytes = bytes.flatMap { $0 == 10 ? [13, 10] : [$0] }
        }
        held += bytes
        heldFrames += 1
        framesSent += 1
        if heldFrames >= fault("batch")?.number(or: 2) ?? 1 { try flush() }
    }

    func flush() throws(Ending) {
        if held.isEmpty { return }
        let bytes = framing == .chunked ? chunk(held) : held
        held.removeAll(keepingCapacity: true)
        heldFrames = 0
        try send(bytes)
    }

    /// Ends the body as HTTP has it.
    func endStream() throws(Ending) {
        try flush()
        if framing == .chunked { try send(lastChunk) }
        if !keepsAlive { throw .close }
    }

    /// `data: [DONE]` and the end.
    func finishStream() throws(Ending) {
        if fault("no-done") == nil { try frame(Array("data: [DONE]".utf8)) }
        try endStream()
    }

    /// The error of a stream whose status is 200 already; no [DONE] follows.
    func failStream(_ message: String, form: String = "error-event") throws(Ending) {
        let object: JSON
        switch form {
        case "error-data":
            object = ["error": ["message": .string(message), "type": "invalid_request_error"]]
        case "error-string": object = ["error": .string(message)]
        default: object = ["error": ["message": .string(message)], "message": .string(message)]
        }
        let event = form == "error-event" ? "event: error\n" : ""
        try frame(Array("\(event)data: ".utf8) + object.bytes())
        try endStream()
    }

    /// What goes wrong before the next frame; `isLast` stands for all the frames that never come.
    func meetFaults(isLast: Bool) throws(Ending) {
        for fault in faults {
            let due = Exchange.framesBefore(fault)
            guard let due, framesSent == due || (isLast && framesSent < due) else { continue }
            switch fault.name {
            case "reset":
                try flush()
                throw .reset
            case "truncate":
                try flush()
                throw .close
            case "cut":
                try endStream()
                throw .finished
            case "stall":
                try flush()
                try waitForEver()
            case "splice":
                try frame(
                    Array("data: {\"id\":\"chatcmpl-b7yoftfoinwhk4joyloyj\",\"logpro".utf8)
                        + Array(
                            "data: {\"id\":\"chatcmpl-um3b2l9t12bzrtha63q8\",\"choices\":[]}".utf8))
            case "garbage": try frame(Array("data: {\"id\":\"chatcmpl-1\",\"choices\":[{<<<".utf8))
            default:
                try failStream(Exchange.errorText(fault), form: fault.name)
                throw .finished
            }
        }
    }

    private static func framesBefore(_ fault: Fault) -> Int? {
        switch fault.name {
        case "reset", "truncate", "cut", "stall": return fault.number(or: 2)
        case "splice", "garbage": return fault.number(or: 1)
        case "error-event", "error-data", "error-string":
            let first = fault.argument?.split(separator: ":").first
            return first.flatMap { Int($0) } ?? 0
        default: return nil
        }
    }

    /// The text of `error-event=N:TEXT`, `=TEXT` or the usual one.
    static func errorText(_ fault: Fault) -> String {
        let standard = "Error in iterating prediction stream: ValueError: 'type' must be a string"
        guard let argument = fault.argument, Int(argument) == nil else { return standard }
        let parts = argument.split(separator: ":", maxSplits: 1)
        return parts.count == 2 && Int(parts[0]) != nil ? String(parts[1]) : argument
    }
}
