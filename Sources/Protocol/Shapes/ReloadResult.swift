/// What `config.reload` answers.
public struct ReloadResult: Equatable, Sendable, JSONReadable, JSONWritable {
    /// The keys that changed, such as `server.mode`.
    public var changed: [String]

    /// That these keys changed.
    public init(changed: [String]) {
        self.changed = changed
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        guard try members.bool("ok") else { throw ShapeError("\(members.place).ok", "is false") }
        changed = try members.strings("changed")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("ok", true, to: &out)
        object.add("changed", changed, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let reloadResult = Schema(
        "ReloadResult",
        #"""
        {"type": "object", "description": "The configuration was read anew.",
         "required": ["ok", "changed"], "properties": {
          "ok": {"const": true, "description": "Always true."},
          "changed": {"type": "array", "items": {"type": "string"},
            "description": "The keys that changed, such as `server.mode`."}}}
        """#)
}
