import CrowdModelsProtocol

/// The calls of one answer, put together from their deltas, and their deltas in normal form.
///
/// Servers tell parts of a call by its index, its id, its name or by order alone, and leave out any
/// of them. A call is told once its name is whole, which its first argument or the next call shows;
/// one that never gets a name is none.
struct ToolCalls {
    /// One call. `arguments` is the inside of a JSON string.
    private struct Call {
        /// String tokens' insides, as they came; the id is ours where the server gave none.
        var id: [UInt8] = []
        var hasOwnID = false
        var name: [UInt8] = []
        var arguments: [UInt8] = []
        var letters = TextChannel()
        var scan = ArgumentScan()
        /// What has come of the arguments is `{}`, which some servers say before the real ones:
        /// not kept, in case those follow.
        var isBlank = false
        /// As the server numbers it, if it does.
        var index: Int?
        /// Its place among the calls that were told; nil until then.
        var place: Int?
        var isTold: Bool { place != nil }
    }

    private var calls: [Call] = []
    private var byIndex: [Int: Int] = [:]
    private var byID: [[UInt8]: Int] = [:]
    /// The calls that were told, in the order of their indices.
    private var told: [Int] = []
    /// How many calls there were before the frame at hand.
    private var knownBefore = 0
    /// Whether the first call came in OpenAI's older form, and nothing in the newer one yet.
    private var isOlder = false
    /// Bytes that are kept.
    private(set) var byteCount = 0

    /// Whether anything of a call has come.
    var haveBegun: Bool { !calls.isEmpty }

    /// Whether there is a call to tell.
    var isEmpty: Bool { told.isEmpty }

    /// Takes the `tool_calls` of one frame, several or one, and appends their deltas, without
    /// brackets; false once there are more calls than may be.
    mutating func take(
        _ list: JSONRange, of text: Span<UInt8>, _ flaws: [JSONMending.Flaw],
        to out: inout ByteBuffer
    ) -> Bool {
        knownBefore = calls.count
        var saysAgain = isOlder
        isOlder = false
        if text[Int(list.start)] == UInt8(ascii: "{") {
            return take(ToolCallDelta(text, list), of: text, flaws, to: &out)
        }
        var reader = JSONElementReader(from: Int(list.start))
        while let element = (try? reader.next(in: text)) ?? nil {
            guard text[Int(element.start)] == UInt8(ascii: "{") else { continue }
            let delta = ToolCallDelta(text, element)
            // The newer form of the call that came in the older one.
            if saysAgain, repeats(delta, calls[0], of: text) {
                let id = text.inside(delta.id)
                if !id.isEmpty { byID[id] = 0 }
                saysAgain = false
                continue
            }
            guard take(delta, of: text, flaws, to: &out) else { return false }
        }
        return true
    }

    /// Whether the calls of a whole message are calls that have come, each to its end.
    func repeats(_ list: JSONRange, of text: Span<UInt8>) -> Bool {
        var reader = JSONElementReader(from: Int(list.start))
        var hasCall = false
        while let element = (try? reader.next(in: text)) ?? nil {
            guard text[Int(element.start)] == UInt8(ascii: "{") else { return false }
            let delta = ToolCallDelta(text, element)
            let name = text.inside(delta.name)
            guard calls.contains(where: { $0.name == name && repeats(delta, $0, of: text) }) else {
                return false
            }
            hasCall = true
        }
        return hasCall
    }

    /// Takes the object of OpenAI's older form, which knows one call: it says again what came in
    /// the newer one, if anything did.
    mutating func takeFunction(
        _ object: JSONRange, of text: Span<UInt8>, _ flaws: [JSONMending.Flaw],
        to out: inout ByteBuffer
    ) -> Bool {
        if !calls.isEmpty, !isOlder { return true }
        isOlder = true
        var delta = ToolCallDelta()
        delta.readFunction(text, object)
        delta.index = 0
        knownBefore = calls.count
        return take(delta, of: text, flaws, to: &out)
    }

    /// No more will come: tells what was held back.
    mutating func flush(to out: inout ByteBuffer) {
        for number in calls.indices {
            var rest = ByteBuffer()
            calls[number].letters.flush(to: &rest)
            if !calls[number].isTold {
                keep(rest.span, of: number)
                // Without any arguments it is a call of a function that takes none.
                if calls[number].arguments.isEmpty { keep(Self.noArguments.span, of: number) }
                tell(number, to: &out)
            } else {
                if calls[number].arguments.isEmpty, rest.isEmpty {
                    rest.append(Self.noArguments.span)
                }
                goOn(number, rest.span, to: &out)
            }
        }
    }

    private static let noArguments: [UInt8] = [UInt8(ascii: "{"), UInt8(ascii: "}")]

    private mutating func take(
        _ delta: ToolCallDelta, of text: Span<UInt8>, _ flaws: [JSONMending.Flaw],
        to out: inout ByteBuffer
    ) -> Bool {
        let id = text.inside(delta.id)
        let name = text.inside(delta.name)
        // Some servers say a whole call again at their end, never twice at once.
        if let known = id.isEmpty ? nil : byID[id], known < knownBefore,
            delta.index == nil || calls[known].index == nil || delta.index == calls[known].index,
            repeats(delta, calls[known], of: text)
        {
            return true
        }
        let number: Int
        if let known = place(delta, id, name) {
            number = known
        } else {
            if calls.count == GenerationLimits.toolCallsMax { return false }
            if let last = calls.indices.last { tell(last, to: &out) }
            number = calls.count
            calls.append(Call())
        }
        if let index = delta.index {
            byIndex[index] = number
            calls[number].index = index
        }
        // A second call with the id of another gets one of ours.
        if !id.isEmpty, byID[id] == nil {
            byID[id] = number
            if calls[number].id.isEmpty, !calls[number].isTold { calls[number].id = id }
        }
        if !name.isEmpty, !calls[number].isTold {
            // A name in pieces is joined; one that is said again is not.
            if name.starts(with: calls[number].name) {
                calls[number].name = name
            } else {
                calls[number].name += name
            }
        }
        var arguments = ByteBuffer()
        delta.appendArguments(of: text, flaws, &calls[number].letters, to: &arguments)
        if !arguments.isEmpty { take(arguments, of: number, to: &out) }
        return true
    }

    private mutating func take(
        _ arguments: borrowing ByteBuffer, of number: Int, to out: inout ByteBuffer
    ) {
        if isBlank(arguments.span, number) {
            calls[number].isBlank = true
            calls[number].scan.read(arguments.span)
            return
        }
        if calls[number].isBlank {
            calls[number].isBlank = false
            calls[number].scan = ArgumentScan()
        }
        if calls[number].isTold {
            goOn(number, arguments.span, to: &out)
        } else {
            keep(arguments.span, of: number)
            tell(number, to: &out)
        }
    }

    private func repeats(_ delta: ToolCallDelta, _ call: Call, of text: Span<UInt8>) -> Bool {
        guard call.scan.isWhole, delta.arguments.count > 2 else { return false }
        let name = text.inside(delta.name)
        if !name.isEmpty, name != call.name { return false }
        let inside = Int(delta.arguments.start) + 1..<Int(delta.arguments.end) - 1
        let known = call.isBlank ? Self.noArguments : call.arguments
        return text.extracting(inside).isEqual(to: known.span)
    }

    /// Whether these are the first arguments of a call, and none.
    private func isBlank(_ arguments: Span<UInt8>, _ number: Int) -> Bool {
        calls[number].arguments.isEmpty && !calls[number].isBlank
            && arguments.isEqual(to: Self.noArguments.span)
    }

    /// The call that the delta belongs to; nil for a new one.
    private func place(_ delta: ToolCallDelta, _ id: [UInt8], _ name: [UInt8]) -> Int? {
        if let index = delta.index, let known = byIndex[index] {
            // Several calls of one index, each told on by its id.
            if !id.isEmpty, let other = byID[id], calls[other].index == index, name.isEmpty {
                return other
            }
            let call = calls[known]
            if name.isEmpty || call.name.isEmpty { return known }
            if !id.isEmpty, !call.id.isEmpty, !call.hasOwnID, id != call.id { return nil }
            return begins(name, after: call, delta, isSaid: id == call.id) ? nil : known
        }
        if !id.isEmpty, let known = byID[id] {
            // The same id for several calls: each has a name of its own.
            if name.isEmpty { return known }
            let isNew = begins(name, after: calls[known], delta, isSaid: true)
            return delta.index != nil || isNew ? nil : known
        }
        guard let last = calls.indices.last else { return nil }
        let call = calls[last]
        // What is begun has no name yet: whatever comes is the rest of it.
        if call.name.isEmpty, delta.index == nil, id.isEmpty || call.id.isEmpty { return last }
        if !id.isEmpty { return nil }
        if name.isEmpty { return last }
        return delta.index == nil && name == call.name && !call.scan.isWhole ? last : nil
    }

    /// Whether a name begins another call, though nothing else tells it from that one: the
    /// arguments are whole, and more come, or the name is another. One that `isSaid` by its id to
    /// be that call is so while that has none.
    private func begins(
        _ name: [UInt8], after call: Call, _ delta: ToolCallDelta, isSaid: Bool
    ) -> Bool {
        if isSaid, call.isBlank, name == call.name { return false }
        return call.scan.isWhole && (delta.hasArguments || name != call.name)
    }

    private mutating func keep(_ arguments: Span<UInt8>, of number: Int) {
        calls[number].scan.read(arguments)
        byteCount += arguments.count
        unsafe arguments.withUnsafeBufferPointer {
            unsafe calls[number].arguments.append(contentsOf: $0)
        }
    }

    /// Appends a call's first delta, with all that was held back.
    private mutating func tell(_ number: Int, to out: inout ByteBuffer) {
        guard !calls[number].isTold, !calls[number].name.isEmpty else { return }
        let place = told.count
        told.append(number)
        calls[number].place = place
        if calls[number].id.isEmpty {
            calls[number].id = ownID(place)
            calls[number].hasOwnID = true
        }
        byteCount += calls[number].id.count + calls[number].name.count + 64
        let call = calls[number]
        if !out.isEmpty { out.append(UInt8(ascii: ",")) }
        CrowdModelsProtocol.ToolCallDelta.write(
            index: place, id: call.id.span, name: call.name.span, arguments: call.arguments.span,
            to: &out)
    }

    /// Appends a later delta of a call.
    private mutating func goOn(
        _ number: Int, _ arguments: Span<UInt8>, to out: inout ByteBuffer
    ) {
        guard let place = calls[number].place, !arguments.isEmpty else { return }
        keep(arguments, of: number)
        if !out.isEmpty { out.append(UInt8(ascii: ",")) }
        CrowdModelsProtocol.ToolCallDelta.write(index: place, arguments: arguments, to: &out)
    }

    /// An id that no call of this answer has.
    private func ownID(_ place: Int) -> [UInt8] {
        var number = place + 1
        while true {
            let id = Array("call_\(number)".utf8)
            if byID[id] == nil, !told.contains(where: { calls[$0].id == id }) { return id }
            number += GenerationLimits.toolCallsMax
        }
    }

    /// Appends all calls, as the result has them.
    func write(to out: inout ByteBuffer) {
        var array = ArrayWriter(&out)
        for number in told {
            let call = calls[number]
            array.next(&out)
            CompleteToolCall.write(
                id: call.id.span, name: call.name.span, arguments: call.arguments.span, to: &out)
        }
        array.end(&out)
    }
}

extension Span<UInt8> {
    /// A copy of the inside of the string token at `range`; empty where there is none.
    fileprivate func inside(_ range: JSONRange) -> [UInt8] {
        guard range.count > 2 else { return [] }
        let inside = extracting(Int(range.start) + 1..<Int(range.end) - 1)
        return unsafe inside.withUnsafeBufferPointer { unsafe Array($0) }
    }
}
