/// A line of the daemon's log.
public struct LogEntry: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Seconds since 1970, UTC.
    public var time: Double?
    /// `error`, `warning`, `info` or `debug`.
    public var level: String
    /// Never a prompt, a completion or a key.
    public var message: String
    /// Members for programs, by what the line tells of.
    public var fields: JSONObject

    /// A line without members for programs.
    public init(time: Double?, level: String, message: String) {
        self.time = time
        self.level = level
        self.message = message
        fields = JSONObject()
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        time = try members.numberIfPresent("time")
        level = try members.string("level")
        message = try members.string("message")
        fields = members.object
        for name in ["time", "level", "message"] { fields[name] = nil }
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var further = ByteBuffer()
        for member in fields.members {
            further.append(UInt8(ascii: ","))
            further.append(string: member.name)
            further.append(UInt8(ascii: ":"))
            member.value.write(to: &further)
        }
        Self.write(time: time, level: level, message: message, further.span, to: &out)
    }

    /// Appends the object; `further`: members with a comma before each.
    package static func write(
        time: Double?, level: String, message: String, _ further: Span<UInt8>,
        to out: inout ByteBuffer
    ) {
        var object = ObjectWriter(&out)
        object.add("time", time, to: &out)
        object.add("level", level, to: &out)
        object.add("message", message, to: &out)
        out.append(further)
        object.end(&out)
    }
}

/// The last lines of the log, oldest first.
public struct LogLines: Equatable, Sendable, JSONReadable, JSONWritable {
    /// The lines.
    public var lines: [LogEntry]

    /// These lines.
    public init(lines: [LogEntry]) {
        self.lines = lines
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        lines = try members.readAll("lines")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        Self.write(to: &out) { array, out in
            for line in lines { array.add(line, to: &out) }
        }
    }

    /// Appends the object; `lines` adds one after the other.
    package static func write(
        to out: inout ByteBuffer, lines: (inout ArrayWriter, inout ByteBuffer) -> Void
    ) {
        var object = ObjectWriter(&out)
        object.name("lines", to: &out)
        var array = ArrayWriter(&out)
        lines(&array, &out)
        array.end(&out)
        object.end(&out)
    }
}

extension Schema {
    static let logLine = Schema(
        "LogLine",
        #"""
        {"type": "object", "description": "A line of the daemon's log.",
         "required": ["level", "message"], "properties": {
          "time": {"type": "number", "description": "Seconds since 1970, UTC."},
          "level": {"type": "string", "enum": ["error", "warning", "info", "debug"],
            "description": "How grave it is."},
          "message": {"type": "string", "description": "Never a prompt, a completion or a key."}}}
        """#)

    static let logLines = Schema(
        "LogLines",
        #"""
        {"type": "object", "description": "The last lines of the log.", "required": ["lines"],
         "properties": {"lines": {"type": "array", "description": "Oldest first.",
          "items": {"$ref": "#/components/schemas/LogLine"}}}}
        """#)
}
