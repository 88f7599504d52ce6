/// The parameters of one call, checked against the method's list: where each value stands.
///
/// Values keep their place in the request's text; absent ones and nulls for optional parameters are
/// absent here.
public struct Arguments: Sendable {
    /// The most parameters a method may have; `complete` has 29.
    public static let parametersMax = 32

    private var values = [32 of JSONRange](repeating: .absent)

    /// The value of the parameter at `index` of the method's list.
    public subscript(index: Int) -> JSONRange { values[index] }

    /// Arguments of a call without any.
    public init() {}

    /// Reads the params of a valid request.
    ///
    /// Throws -32602 for a parameter that is unknown, surplus, given twice, missing or of the wrong
    /// type; the message names it, and the nearest known one.
    public init(
        _ envelope: RequestEnvelope, of method: String, parameters: [Parameter],
        in text: Span<UInt8>
    ) throws(Fault) {
        try self.init(params: envelope.params, of: method, parameters: parameters, in: text)
    }

    /// Reads params that stand at `params` of `text`: an object, an array, or absent.
    public init(
        params: JSONRange, of method: String, parameters: [Parameter], in text: Span<UInt8>
    ) throws(Fault) {
        if params.isPresent {
            if text[Int(params.start)] == UInt8(ascii: "[") {
                try readElements(params, of: method, parameters, text)
            } else {
                try readMembers(params, of: method, parameters, text)
            }
        }
        for (index, parameter) in parameters.enumerated() {
            try check(index, parameter, of: method, in: text)
        }
    }

    private mutating func readElements(
        _ params: JSONRange, of method: String, _ parameters: [Parameter],
        _ text: Span<UInt8>
    ) throws(Fault) {
        var reader = JSONElementReader(from: Int(params.start))
        var index = 0
        while let value = (try? reader.next(in: text)) ?? nil {
            guard index < parameters.count else {
                let names = parameters.map { "`\($0.name)`" }.joined(separator: ", ")
                throw Fault(
                    .invalidParams,
                    parameters.isEmpty
                        ? "`\(method)` takes no parameters"
                        : "element \(index) of `params` is too many: `\(method)` takes \(names)")
            }
            values[index] = value
            index += 1
        }
    }

    private mutating func readMembers(
        _ params: JSONRange, of method: String, _ parameters: [Parameter],
        _ text: Span<UInt8>
    ) throws(Fault) {
        var walker = JSONWalker(text, from: Int(params.start))
        try? walker.enterObject()
        while let name = (try? walker.nextName()) ?? nil {
            let token = text.extracting(name.bounds)
            guard let index = Self.index(of: token, walker.nameHasEscape, in: parameters) else {
                let name = JSONText.string(token).shortened
                var message = "`\(method)` has no parameter `\(name)`"
                var data = JSONObject()
                data["parameter"] = .string(name)
                if let nearest = NearestName.to(name, among: parameters.map(\.name)) {
                    message += "; did you mean `\(nearest)`?"
                    data["nearest"] = .string(nearest)
                }
                throw Fault(.invalidParams, message, data: data)
            }
            guard !values[index].isPresent else {
                throw Fault(
                    .invalidParams,
                    "`\(parameters[index].name)` is given twice to `\(method)`",
                    data: ["parameter": .string(parameters[index].name)])
            }
            values[index] = (try? walker.skip()) ?? .absent
        }
    }

    private static func index(
        of token: Span<UInt8>, _ hasEscape: Bool, in parameters: [Parameter]
    ) -> Int? {
        if hasEscape {
            let name = JSONText.string(token)
            return parameters.firstIndex { $0.name == name }
        }
        let count = token.count &- 2
        for index in parameters.indices {
            let name = parameters[index].name.utf8
            if name.count == count, Self.equal(name, token) { return index }
        }
        return nil
    }

    @inline(__always)
    private static func equal(_ name: String.UTF8View, _ token: Span<UInt8>) -> Bool {
        var at = 1
        for byte in name {
            if token[at] != byte { return false }
            at &+= 1
        }
        return true
    }

    private mutating func check(
        _ index: Int, _ parameter: Parameter, of method: String, in text: Span<UInt8>
    ) throws(Fault) {
        let value = values[index]
        guard value.isPresent else {
            if !parameter.isRequired { return }
            throw Fault(
                .invalidParams, "`\(method)` needs the parameter `\(parameter.name)`",
                data: ["parameter": .string(parameter.name)])
        }
        let token = text.extracting(value.bounds)
        let kind = JSONKind(firstByte: token[0])
        if kind == .null && !parameter.isRequired {
            values[index] = .absent
            return
        }
        if let expected = parameter.type.mismatch(token, kind) {
            throw Fault(
                .invalidParams, "`\(parameter.name)` of `\(method)` must be \(expected)",
                data: ["parameter": .string(parameter.name)])
        }
    }
}
