import CrowdModelsProtocol
import Link

/// `-o NAME=VALUE`: any parameter of a method, checked by the method's own list.
enum NamedValue {
    /// The parameters that those options spell; one given twice is a list where it may be one.
    static func parameters(
        _ texts: [String], of method: Method
    ) throws(Failure) -> JSONObject {
        let known = method.parameters
        var object = JSONObject()
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure(.usage, "-o takes NAME=VALUE, not \"\(text)\"")
            }
            let name = String(parts[0])
            guard let parameter = known.first(where: { $0.name == name }) else {
                throw unknown(name, "\(method.name)", known)
            }
            let value = try value(String(parts[1]), of: parameter)
            object[name] = joined(object[name], value, parameter.type)
        }
        try check(object, of: method)
        return object
    }

    private static func unknown(
        _ name: String, _ method: String, _ known: [Parameter]
    ) -> Failure {
        let hint =
            NearestName.to(name, among: known.map(\.name)).map { "did you mean \($0)?" }
            ?? "crowd-models call help '[\"\(method)\"]' lists them"
        return Failure(.usage, "-o: `\(method)` has no parameter \"\(name)\"; \(hint)")
    }

    private static func joined(
        _ before: JSONValue?, _ value: JSONValue, _ type: ParameterType
    ) -> JSONValue {
        guard let before else { return value }
        switch type {
        case .strings, .stringOrStrings:
            return .array((before.arrayValue ?? [before]) + (value.arrayValue ?? [value]))
        default: return value
        }
    }

    private static func value(
        _ text: String, of parameter: Parameter
    ) throws(Failure) -> JSONValue {
        switch parameter.type {
        case .string, .choice, .label: return .string(text)
        case .number, .integer, .countOrUnlimited:
            guard let value = json(text), value.kind == .number else {
                throw Failure(.usage, "-o \(parameter.name) takes a number, not \"\(text)\"")
            }
            return value
        case .boolean:
            guard text == "true" || text == "false" else {
                throw Failure(.usage, "-o \(parameter.name) takes true or false, not \"\(text)\"")
            }
            return .bool(text == "true")
        case .object, .objects, .structured:
            return try parsed(text, of: parameter)
        case .strings:
            return text.hasPrefix("[") ? try parsed(text, of: parameter) : .array([.string(text)])
        default:
            // A string, or something else that begins unlike one.
            if text.hasPrefix("@") { return try parsed(text, of: parameter) }
            if let value = json(text), value.kind != .number, value != .null { return value }
            return .string(text)
        }
    }

    /// JSON, or with an `@` in front the file that holds it.
    private static func parsed(
        _ text: String, of parameter: Parameter
    ) throws(Failure) -> JSONValue {
        if text.hasPrefix("@") { return try InputFile.json(String(text.dropFirst())) }
        do throws(JSONError) {
            return try JSONValue(parsing: text)
        } catch {
            throw Failure(
                .usage,
                "-o \(parameter.name) takes JSON, or @FILE with JSON in it: \(error.message)")
        }
    }

    private static func json(_ text: String) -> JSONValue? { try? JSONValue(parsing: text) }

    /// What the daemon would say, before it is asked.
    private static func check(
        _ object: JSONObject, of method: Method
    ) throws(Failure) {
        var text = ByteBuffer()
        JSONValue.object(object).write(to: &text)
        do throws(Fault) {
            _ = try Arguments(
                params: JSONRange(0, text.count), of: method, in: text.span, limits: RequestLimits()
            )
        } catch {
            // A parameter that is needed may come from elsewhere.
            let name = error.data["parameter"]?.stringValue ?? ""
            if object[name] != nil { throw Failure(.usage, "-o: \(error.message)") }
        }
    }
}
