/// What is called with parameters: a method, or a tool.
protocol Callee {
    var name: StaticString { get }
    var parameters: [Parameter] { get }
    /// Whether members that it does not know are no error.
    var bearsUnknown: Bool { get }
}

/// The parameters of one call, checked against the method's list: where each value stands.
///
/// Values keep their place in the request's text; absent ones and nulls for optional parameters are
/// absent here.
@frozen public struct Arguments: Sendable {
    /// The most parameters a method may have; `complete` has 33.
    public static let parametersMax = 40

    @usableFromInline var values = [40 of JSONRange](repeating: .absent)
    /// A bit for each that came.
    @usableFromInline var given: UInt64 = 0
    /// How many came by position.
    @usableFromInline var taken = 0

    /// The value of the parameter at `index` of the method's list.
    @inlinable public subscript(index: Int) -> JSONRange {
        // Read in place: a copy of all forty for each would be what a request costs most.
        _read { yield values[index] }
    }

    /// Arguments of a call without any.
    public init() {}

    /// Where `_meta` stands, which every method takes by name; absent in a call by position.
    public private(set) var meta = JSONRange.absent

    /// Arguments that are read from `params`, as `read` does it.
    public init(
        params: JSONRange, of method: Method, in text: Span<UInt8>, limits: RequestLimits,
        survey: ParamsSurvey? = nil
    ) throws(Fault) {
        var notes = ParamsNotes()
        try read(params, &notes, of: method, in: text, limits: limits, survey: survey)
    }

    /// Reads params that stand at `params` of `text`, which is valid: an object, an array, or
    /// absent; none were read before. `notes` is where their members stand, if that is known, and
    /// not changed; `survey` is what a `LineReader` found in them, where the line was long.
    ///
    /// Throws -32602 for a parameter that is unknown, surplus, given twice, missing or of the wrong
    /// type; the message names it, and the nearest known one.
    public mutating func read(
        _ params: JSONRange, _ notes: inout ParamsNotes, of method: Method,
        in text: Span<UInt8>, limits: RequestLimits, survey: ParamsSurvey? = nil
    ) throws(Fault) {
        try take(params, &notes, of: method, in: text, limits, survey)
        if method == .complete { try foldMaxTokens() }
    }

    /// Reads the arguments of a tool, an object or absent, likewise.
    public init(
        params: JSONRange, of tool: MCPTool, in text: Span<UInt8>, limits: RequestLimits
    ) throws(Fault) {
        var notes = ParamsNotes()
        try take(params, &notes, of: tool, in: text, limits, nil)
    }

    @inline(__always)
    private mutating func take(
        _ params: JSONRange, _ notes: inout ParamsNotes, of callee: some Callee,
        in text: Span<UInt8>, _ limits: RequestLimits, _ survey: ParamsSurvey?
    ) throws(Fault) {
        let parameters = callee.parameters
        if let survey {
            for entry in survey.entries { try take(entry, of: callee, parameters, text) }
        } else if let count = notes.count {
            for index in 0..<count { try take(notes[index], of: callee, parameters, text) }
        } else if params.isPresent {
            try read(params, of: callee, parameters, text)
        }
        // Required ones stand first. The others that did not come are not even looked at: a list
        // is longer than most calls.
        var needed: UInt64 = 0
        for index in parameters.indices {
            guard parameters[index].isRequired else { break }
            needed |= 1 &<< UInt64(index)
        }
        var left = given | needed
        while left != 0 {
            let index = left.trailingZeroBitCount
            left &= left &- 1
            let elements = survey?.entries.first { $0.value == values[index] }?.elements
            try check(index, parameters, of: callee, in: text, limits, elements)
        }
    }

    /// Gives a parameter that the call did not a value of its type, which stands in the call's text
    /// as well; where the call did, or the method has none of that name, it is left at that.
    public mutating func add(_ name: String, of method: Method, _ value: JSONRange) {
        guard let index = method.parameters.firstIndex(where: { $0.name == name }),
            !values[index].isPresent
        else { return }
        values[index] = value
    }

    /// `max_completion_tokens` is another name for `max_tokens`, and from here on is that.
    private mutating func foldMaxTokens() throws(Fault) {
        let alias = CompleteParameter.maxCompletionTokens
        guard values[alias.rawValue].isPresent else { return }
        let place = CompleteParameter.maxTokens.rawValue
        guard !values[place].isPresent else {
            throw Fault(
                .invalidParams,
                "`complete` takes `max_tokens` or `max_completion_tokens`, not both",
                data: ["parameter": .string(alias.name)])
        }
        values[place] = values[alias.rawValue]
        values[alias.rawValue] = .absent
    }

    private mutating func read(
        _ params: JSONRange, of callee: some Callee, _ parameters: [Parameter], _ text: Span<UInt8>
    ) throws(Fault) {
        var entry = ParamsSurvey.Entry()
        if text[Int(params.start)] == UInt8(ascii: "[") {
            var elements = JSONElementReader(skimmingFrom: Int(params.start))
            while let value = (try? elements.next(in: text)) ?? nil {
                entry.value = value
                try take(entry, of: callee, parameters, text)
            }
            return
        }
        var members = JSONMemberReader(skimmingFrom: Int(params.start))
        while let member = (try? members.next(in: text)) ?? nil {
            try take(member, of: callee, parameters, text)
        }
    }

    @inline(__always)
    private mutating func take(
        _ member: JSONMember, of callee: some Callee, _ parameters: [Parameter],
        _ text: Span<UInt8>
    ) throws(Fault) {
        var entry = ParamsSurvey.Entry()
        entry.name = member.name
        entry.nameHasEscape = member.nameHasEscape
        entry.value = member.value
        try take(entry, of: callee, parameters, text)
    }

    @inline(__always)
    private mutating func set(_ index: Int, to value: JSONRange) {
        values[index] = value
        given |= 1 &<< UInt64(index)
    }

    /// Notes where one member, or element, of the params stands.
    @inline(__always)
    private mutating func take(
        _ entry: ParamsSurvey.Entry, of callee: some Callee, _ parameters: [Parameter],
        _ text: Span<UInt8>
    ) throws(Fault) {
        guard entry.name.isPresent else {
            guard taken < parameters.count else {
                throw Self.surplus(taken, of: callee, parameters)
            }
            set(taken, to: entry.value)
            taken &+= 1
            return
        }
        let token = text.extracting(entry.name.bounds)
        if let index = Self.index(of: token, entry.nameHasEscape, in: parameters) {
            if values[index].isPresent { throw Self.twice(parameters[index].name, callee) }
            set(index, to: entry.value)
        } else if JSONText.string(token, hasEscape: entry.nameHasEscape, equals: "_meta") {
            if meta.isPresent { throw Self.twice("_meta", callee) }
            meta = entry.value
            let kind = JSONKind(firstByte: text[Int(meta.start)])
            if kind != .object && kind != .null {
                throw Fault(
                    .invalidParams,
                    "`_meta` of `\(callee.name)` must be an object, not \(kind.withArticle)",
                    data: ["parameter": "_meta"])
            }
        } else if !callee.bearsUnknown {
            throw Self.unknown(token, of: callee, parameters)
        }
    }

    private static func surplus(
        _ index: Int, of callee: some Callee, _ parameters: [Parameter]
    ) -> Fault {
        let names = parameters.map { "`\($0.name)`" }.joined(separator: ", ")
        return Fault(
            .invalidParams,
            parameters.isEmpty
                ? "`\(callee.name)` takes no parameters"
                : "element \(index) of `params` is too many: `\(callee.name)` takes \(names)")
    }

    private static func twice(_ name: String, _ callee: some Callee) -> Fault {
        Fault(
            .invalidParams, "`\(name)` is given twice to `\(callee.name)`",
            data: ["parameter": .string(name)])
    }

    private static func unknown(
        _ token: Span<UInt8>, of callee: some Callee, _ parameters: [Parameter]
    ) -> Fault {
        let name = JSONText.quoted(token)
        var message = "`\(callee.name)` has no parameter `\(name)`"
        var data = JSONObject()
        data["parameter"] = .string(name)
        if let nearest = NearestName.to(name, among: parameters.map(\.name)) {
            message += "; did you mean `\(nearest)`?"
            data["nearest"] = .string(nearest)
        }
        return Fault(.invalidParams, message, data: data)
    }

    private static func index(
        of token: Span<UInt8>, _ hasEscape: Bool, in parameters: [Parameter]
    ) -> Int? {
        if hasEscape {
            return parameters.firstIndex { JSONText.string(token, reads: $0.name) }
        }
        let inside = token.extracting(1..<token.count &- 1)
        for index in parameters.indices {
            let utf8 = parameters[index].name.utf8
            guard utf8.count == inside.count else { continue }
            // A span of it would keep the string for as long as it is used.
            let isNamed = unsafe utf8.withContiguousStorageIfAvailable { name in
                unsafe Span(_unsafeElements: name).isEqual(to: inside)
            }
            if isNamed == true { return index }
        }
        return nil
    }

    private mutating func check(
        _ index: Int, _ parameters: [Parameter], of callee: some Callee, in text: Span<UInt8>,
        _ limits: RequestLimits, _ elements: JSONKinds?
    ) throws(Fault) {
        let value = values[index]
        guard value.isPresent else {
            throw Fault(
                .invalidParams, "`\(callee.name)` needs the parameter `\(parameters[index].name)`",
                data: ["parameter": .string(parameters[index].name)])
        }
        let token = text.extracting(value.bounds)
        let kind = JSONKind(firstByte: token[0])
        if kind == .null && !parameters[index].isRequired {
            values[index] = .absent
            return
        }
        if parameters[index].type.isName, kind == .string,
            !JSONText.string(token, fitsIn: limits.nameBytesMax)
        {
            throw .nameTooLong("`\(parameters[index].name)` of `\(callee.name)`", limits)
        }
        // Most are strings, of which nothing more is asked.
        if kind == .string, parameters[index].type.isAnyString { return }
        if let expected = parameters[index].type.mismatch(token, kind, limits, elements) {
            throw Fault(
                .invalidParams,
                "`\(parameters[index].name)` of `\(callee.name)` must be \(expected)",
                data: ["parameter": .string(parameters[index].name)])
        }
    }
}
