/// A request, or without an id a notification, as a client writes it.
public struct RPCRequest: Equatable, Sendable {
    /// A string or a number; nil for a notification, which gets no answer.
    public var id: JSONValue?
    /// The name of the method.
    public var method: String
    /// An object, or an array in the order of the documentation; nil for none.
    public var params: JSONValue?

    /// A request of a method by its name.
    public init(id: JSONValue?, method: String, params: JSONValue? = nil) {
        self.id = id
        self.method = method
        self.params = params
    }

    /// A request of a known method.
    public init(id: JSONValue?, _ method: Method, _ params: JSONValue? = nil) {
        self.init(id: id, method: "\(method.name)", params: params)
    }

    /// The notification that cancels the request with that id.
    public static func cancel(id: JSONValue) -> RPCRequest {
        RPCRequest(id: nil, .cancel, ["id": id])
    }

    /// Appends the request as one line, newline included.
    public func write(to buffer: inout ByteBuffer) {
        buffer.append(#"{"jsonrpc":"2.0""#)
        if let id {
            buffer.append(#","id":"#)
            id.write(to: &buffer)
        }
        buffer.append(#","method":"#)
        buffer.append(string: method)
        if let params {
            buffer.append(#","params":"#)
            params.write(to: &buffer)
        }
        buffer.append("}\n")
    }

    /// The request as one line, newline included.
    public var line: String {
        var buffer = ByteBuffer()
        write(to: &buffer)
        return buffer.text
    }
}
