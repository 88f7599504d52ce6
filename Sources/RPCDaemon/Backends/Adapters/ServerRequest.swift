package import CrowdModelsProtocol

/// One request to a model server as a value: where it goes below the server's address, and its
/// body.
package struct ServerRequest: ~Copyable {
    /// The absolute path.
    package let path: String
    /// A JSON object.
    package var body: ByteBuffer

    init(_ path: String, model: String) {
        self.init(path, "model", model)
    }

    /// A request whose first member is that text.
    init(_ path: String, _ name: StaticString, _ value: String) {
        self.path = path
        body = ByteBuffer(capacity: 256)
        body.append("{\"")
        body.append(name)
        body.append("\":")
        body.append(string: value)
    }

    /// Appends a member whose value is a token as it stands in some text.
    mutating func add(_ name: StaticString, token: Span<UInt8>) {
        addName(name)
        body.append(token)
    }

    mutating func add(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        addName(name)
        body.append(decimal: value)
    }

    mutating func add(_ name: StaticString, _ value: Bool) {
        addName(name)
        body.append(bool: value)
    }

    private mutating func addName(_ name: StaticString) {
        body.append(",\"")
        body.append(name)
        body.append("\":")
    }

    /// Appends the members of the caller's `options` that the request does not have itself.
    mutating func add(options: Span<UInt8>?, except ours: [StaticString]) {
        guard let options, !options.isEmpty else { return }
        var names: Set<String> = []
        GenerationReport.readMembers(options, at: JSONRange(0, options.count)) { name, value in
            let token = options.extracting(name.bounds)
            let text = JSONText.string(token)
            let isOurs = ours.contains { text == "\($0)" } || text == "model"
            guard !isOurs, names.insert(text).inserted else { return }
            body.append(",")
            body.append(token)
            body.append(":")
            body.append(options.extracting(value.bounds))
        }
    }

    /// Ends the object: nothing is added afterwards.
    consuming func closed() -> ServerRequest {
        body.append("}")
        return self
    }
}
