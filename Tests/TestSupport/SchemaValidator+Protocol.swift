public import CrowdModelsProtocol

extension SchemaValidator {
    /// What is wrong with a result of the method.
    public func problems(result: JSONValue, of method: Method) -> [String] {
        problems(result, method.description.result.value)
    }

    /// What is wrong with parameters by name, or by position, of the method.
    public func problems(params: JSONValue, of method: Method) -> [String] {
        var properties = JSONObject()
        var required: [JSONValue] = []
        for parameter in method.parameters {
            properties.append(parameter.name, parameter.schema)
            if parameter.isRequired { required.append(.string(parameter.name)) }
        }
        var named = params
        if let values = params.arrayValue {
            guard values.count <= method.parameters.count else {
                return ["$: more than \(method.parameters.count) parameters"]
            }
            var members = JSONObject()
            for (parameter, value) in zip(method.parameters, values) {
                members.append(parameter.name, value)
            }
            named = .object(members)
        }
        return problems(
            named,
            [
                "type": "object", "properties": .object(properties), "required": .array(required),
                "additionalProperties": false,
            ])
    }

    /// What is wrong with the `error` member of an answer: with what all have, and with its data.
    public func problems(error: JSONValue) -> [String] {
        var found = problems(error, Schema.errorObject.value)
        let code = error["code"]?.integerValue
        guard let known = ErrorCode.all.first(where: { $0.code == code }) else {
            return found + [
                "$.code: \(error["code"]?.text ?? "nothing") is no code of the protocol"
            ]
        }
        let kind = error["data"]?["kind"]?.stringValue
        let isLimit =
            (known == .invalidRequest || known == .invalidParams)
            && kind == ErrorCode.limitExceeded.kind
        if kind != known.kind && !isLimit {
            found.append("$.data.kind: \(kind ?? "nothing") does not belong to \(known.code)")
        }
        return found + problems(error["data"] ?? [:], known.dataSchema, at: "$.data")
    }

    /// What is wrong with a whole answer to a request of the method: version, id, and exactly one
    /// of a result and an error that fit.
    public func problems(answer: JSONValue, to method: Method?) -> [String] {
        var found = problems(
            answer,
            [
                "type": "object", "required": ["jsonrpc", "id"],
                "properties": [
                    "jsonrpc": ["const": "2.0"], "id": ["type": ["string", "number", "null"]],
                    "result": true, "error": true,
                ],
                "additionalProperties": false,
            ])
        switch (answer["result"], answer["error"]) {
        case (let result?, nil):
            guard let method else { return found + ["$: a result, but of no method"] }
            found += problems(result: result, of: method).map { "result of \(method.name) \($0)" }
        case (nil, let error?): found += problems(error: error).map { "error \($0)" }
        default: found.append("$: neither or both of result and error")
        }
        return found
    }

    /// What is wrong with a notification of the server.
    public func problems(notification: JSONValue) -> [String] {
        let name = notification["method"]?.stringValue
        guard let known = ServerNotification.allCases.first(where: { "\($0.name)" == name }) else {
            return ["$.method: \(name ?? "nothing") is no notification of the protocol"]
        }
        return problems(
            notification,
            [
                "type": "object", "required": ["jsonrpc", "method", "params"],
                "properties": [
                    "jsonrpc": ["const": "2.0"], "method": ["type": "string"],
                    "params": known.params.value,
                ],
                "additionalProperties": false,
            ])
    }
}

extension Parameter {
    /// The JSON Schema of its values, as a tree.
    public var schema: JSONValue { tree { writeSchema(to: &$0) } }
}

extension ErrorCode {
    /// The JSON Schema of `error.data` for this code, as a tree.
    public var dataSchema: JSONValue { tree { writeDataSchema(to: &$0) } }
}

/// What somebody wrote, as a tree; it stops the test where that is no JSON.
public func tree(_ write: (inout ByteBuffer) -> Void) -> JSONValue {
    var buffer = ByteBuffer()
    write(&buffer)
    do {
        return try JSONValue(parsing: buffer.span)
    } catch {
        fatalError("\(error.message) in \(buffer.text)")
    }
}
