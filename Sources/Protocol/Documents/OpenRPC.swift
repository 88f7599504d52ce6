/// Writes the protocol as an OpenRPC 1.3.2 document, from the registry and nothing else.
///
/// What OpenRPC has no place for stands under names with `x-`: `x-notification` (the method does
/// something as a notification too), `x-streaming` (the notifications that its request may get),
/// `x-notifications` (those notifications) and `x-errors` (all errors with their data).
public enum OpenRPC {
    /// The version of the specification.
    public static let version: StaticString = "1.3.2"
    /// The name of what is described.
    public static let title: StaticString = "crowd-models-executor"
    /// Where the daemon listens if it runs for the whole system.
    public static let systemSocket = "/run/crowd-models/executor.sock"

    /// Appends the whole document, compact. `version` is the daemon's; `socket` is the path it
    /// listens on.
    public static func write(
        version: String, socket: String = systemSocket, to buffer: inout ByteBuffer
    ) {
        buffer.append(#"{"openrpc":""#)
        buffer.append(self.version)
        buffer.append(#"","info":{"title":""#)
        buffer.append(title)
        buffer.append(#"","version":"#)
        buffer.append(string: version)
        buffer.append(#","description":"#)
        buffer.append(string: description)
        buffer.append(#"},"servers":[{"name":"socket","url":"#)
        buffer.append(string: "unix:" + percentEncoded(socket))
        buffer.append(#","summary":"#)
        buffer.append(string: "A Unix stream socket; one JSON value per line, both ways.")
        buffer.append(#"}],"methods":["#)
        for (index, method) in Method.all.enumerated() {
            if index > 0 { buffer.append(",") }
            writeMethod(method, to: &buffer)
        }
        buffer.append(#"],"components":{"schemas":{"#)
        for (index, schema) in Schema.all.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.append("\"")
            buffer.append(schema.name)
            buffer.append("\":")
            buffer.append(schema: schema)
        }
        buffer.append(#"}},"x-notifications":"#)
        writeNotifications(to: &buffer)
        buffer.append(#","x-errors":"#)
        writeErrors(to: &buffer)
        buffer.append("}")
    }

    /// Appends the method object of one method, compact.
    public static func writeMethod(_ method: Method, to buffer: inout ByteBuffer) {
        let description = method.description
        buffer.append(#"{"name":""#)
        buffer.append(method.name)
        buffer.append(#"","summary":"#)
        buffer.append(string: description.summary)
        if let text = description.description {
            buffer.append(#","description":"#)
            buffer.append(string: text)
        }
        buffer.append(#","paramStructure":"either","params":["#)
        for (index, parameter) in description.parameters.enumerated() {
            if index > 0 { buffer.append(",") }
            write(parameter, to: &buffer)
        }
        buffer.append(#"],"result":{"name":""#)
        buffer.append(description.result.name)
        buffer.append(#"","summary":"#)
        buffer.append(string: description.result.summary)
        buffer.append(#","schema":"#)
        buffer.append(referenceTo: description.result.name)
        buffer.append(#"},"errors":["#)
        for (index, error) in description.errors.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.append(#"{"code":"#)
            buffer.append(decimal: error.code)
            buffer.append(#","message":"#)
            buffer.append(string: error.summary)
            buffer.append("}")
        }
        buffer.append(#"],"examples":["#)
        for (index, example) in description.examples.enumerated() {
            if index > 0 { buffer.append(",") }
            write(example, resultName: description.result.name, to: &buffer)
        }
        buffer.append(#"],"x-notification":"#)
        buffer.append(bool: method.actsAsNotification)
        buffer.append(#","x-streaming":["#)
        for (index, notification) in description.notifications.enumerated() {
            buffer.append(index > 0 ? ",\"" : "\"")
            buffer.append(notification.name)
            buffer.append("\"")
        }
        buffer.append("]}")
    }

    private static let description = """
        Completions from the model servers of this machine, for any program: connect to the \
        socket, write one JSON-RPC 2.0 request per line, read one answer per line.
        """

    private static func write(_ parameter: Parameter, to buffer: inout ByteBuffer) {
        buffer.append(#"{"name":"#)
        buffer.append(string: parameter.name)
        buffer.append(#","summary":"#)
        buffer.append(string: parameter.summary)
        buffer.append(#","required":"#)
        buffer.append(bool: parameter.isRequired)
        buffer.append(#","schema":"#)
        parameter.writeSchema(to: &buffer)
        buffer.append("}")
    }

    private static func write(
        _ example: MethodExample, resultName: StaticString, to buffer: inout ByteBuffer
    ) {
        buffer.append(#"{"name":"#)
        buffer.append(string: example.name)
        buffer.append(#","params":["#)
        let params = JSONValue(literal: example.params).objectValue?.members ?? []
        for (index, member) in params.enumerated() {
            buffer.append(index > 0 ? #",{"name":"# : #"{"name":"#)
            buffer.append(string: member.name)
            buffer.append(#","value":"#)
            member.value.write(to: &buffer)
            buffer.append("}")
        }
        buffer.append(#"],"result":{"name":""#)
        buffer.append(resultName)
        buffer.append(#"","value":"#)
        buffer.append(compact: example.result)
        buffer.append("}}")
    }

    /// A path as the path of a URI (RFC 3986 section 3.3).
    static func percentEncoded(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
