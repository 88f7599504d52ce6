import CrowdModelsProtocol

/// Writes the params of a method of ours from the members of a request, one after the other.
struct Splice {
    private var isFirst = true

    init(_ params: inout ByteBuffer) {
        params.append("{")
    }

    /// Begins a member; its value is to follow.
    mutating func begin(_ name: StaticString, _ params: inout ByteBuffer) {
        params.append(isFirst ? "\"" : ",\"")
        isFirst = false
        params.append(name)
        params.append("\":")
    }

    /// Appends a member with this value.
    mutating func add(_ name: StaticString, _ token: Span<UInt8>, _ params: inout ByteBuffer) {
        begin(name, &params)
        params.append(token)
    }

    /// Passes the request's member on under its own name, or another; what is absent is left out.
    mutating func pass(
        _ name: StaticString, as other: StaticString? = nil, of request: DoorRequest,
        _ params: inout ByteBuffer
    ) {
        guard let value = request.value(name) else { return }
        add(other ?? name, request.token(value), &params)
    }

    /// Passes on what of ours a request may have beside its API's own members.
    mutating func passOurs(of request: DoorRequest, _ params: inout ByteBuffer) {
        for name in ["backend", "priority", "timeout_ms", "deadline_ms", "tag"] as [StaticString] {
            pass(name, of: request, &params)
        }
    }

    func end(_ params: inout ByteBuffer) {
        params.append("}")
    }
}

extension Fault {
    /// -32602 for a member that cannot be honoured, and matters.
    static func refused(_ name: String, _ why: String) -> Fault {
        Fault(.invalidParams, "`\(name)` \(why)", data: ["parameter": .string(name)])
    }
}

extension DoorRequest {
    /// Refuses a member that asks for what no answer here has, unless its value asks for nothing.
    func refuse(
        _ name: StaticString, unless harmless: [StaticString], _ why: String
    ) throws(Fault) {
        guard let value = value(name) else { return }
        let token = token(value)
        for literal in harmless where token.reads(literal) { return }
        throw .refused(name.description, why)
    }

    /// Whether a member is an array without elements, or no array at all.
    func isEmptyArray(_ name: StaticString) -> Bool {
        guard let value = value(name), kind(value) == .array else { return false }
        let inside = body.extracting(Int(value.start) + 1..<Int(value.end) - 1)
        return JSONText.skippingSpace(inside) == inside.count
    }
}

extension Span<UInt8> {
    /// Whether these bytes are the literal's.
    func reads(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        return literal.withUTF8Buffer { letters in
            for index in indices where unsafe letters[index] != self[index] { return false }
            return true
        }
    }
}
