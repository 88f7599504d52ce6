/// What happened within a window of time.
public struct StatsResult: Sendable, JSONReadable, JSONWritable {
    /// `1m`, `5m`, `15m`, `1h` or `total`.
    public var window: String
    /// Seconds since the daemon started.
    public var uptimeSeconds: Double
    /// Requests running now.
    public var inFlight: Int
    /// Requests waiting now.
    public var queued: Int
    /// All of it.
    public var all: StatsFigures
    /// The same by backend.
    public var backends: [(name: String, value: StatsFigures)]
    /// The same by model.
    public var models: [(name: String, value: StatsFigures)]
    /// The same by client, `uid:1000 TAG`.
    public var clients: [(name: String, value: StatsFigures)]
    /// The daemon itself.
    public var process: StatsProcess

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        window = try members.string("window")
        uptimeSeconds = try members.number("uptime_seconds")
        inFlight = try members.integer("in_flight")
        queued = try members.integer("queued")
        all = try StatsFigures(members)
        backends = try members.readNamed("backends")
        models = try members.readNamed("models")
        clients = try members.readNamed("clients")
        process = try members.read("process")
    }

    /// What happened, with the time and the load it was asked at.
    public init(
        window: String, uptimeSeconds: Double, inFlight: Int, queued: Int, process: StatsProcess
    ) {
        self.window = window
        self.uptimeSeconds = uptimeSeconds
        self.inFlight = inFlight
        self.queued = queued
        self.process = process
        (all, backends, models, clients) = (StatsFigures(), [], [], [])
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var figures = ByteBuffer()
        writeFigures(to: &figures)
        var delay = ByteBuffer()
        process.eventLoopDelay.write(to: &delay)
        Self.write(
            window: window, uptimeSeconds: uptimeSeconds, inFlight: inFlight, queued: queued,
            process: process, figures: figures.span, eventLoopDelay: delay.span, to: &out)
    }

    /// Appends the object around what `writeFigures` wrote and what the loop's delay was written
    /// as, which both change less often than the rest.
    public static func write(
        window: String, uptimeSeconds: Double, inFlight: Int, queued: Int, process: StatsProcess,
        figures: Span<UInt8>, eventLoopDelay: Span<UInt8>, to out: inout ByteBuffer
    ) {
        var object = ObjectWriter(&out)
        object.add("window", window, to: &out)
        object.add("uptime_seconds", uptimeSeconds, to: &out)
        object.add("in_flight", inFlight, to: &out)
        object.add("queued", queued, to: &out)
        out.append(figures)
        object.name("process", to: &out)
        process.write(eventLoopDelay: eventLoopDelay, to: &out)
        object.end(&out)
    }

    /// Appends the members that only a request that ends can change, a comma before each.
    public func writeFigures(to out: inout ByteBuffer) {
        var object = ObjectWriter.continuing()
        all.writeMembers(of: &object, to: &out)
        Self.write("backends", backends, of: &object, to: &out)
        Self.write("models", models, of: &object, to: &out)
        Self.write("clients", clients, of: &object, to: &out)
    }

    private static func write(
        _ name: StaticString, _ scopes: [(name: String, value: StatsFigures)],
        of object: inout ObjectWriter, to out: inout ByteBuffer
    ) {
        object.name(name, to: &out)
        out.append(UInt8(ascii: "{"))
        for (index, scope) in scopes.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(string: scope.name)
            out.append(UInt8(ascii: ":"))
            scope.value.write(to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }
}

/// The numbers as text for Prometheus.
public struct StatsText: Equatable, Sendable, JSONReadable, JSONWritable {
    /// The text's media type.
    public var contentType: String
    /// One line a number.
    public var text: String

    /// A text of that type.
    public init(contentType: String, text: String) {
        self.contentType = contentType
        self.text = text
    }

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        contentType = try members.string("content_type")
        text = try members.string("text")
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("content_type", contentType, to: &out)
        object.add("text", text, to: &out)
        object.end(&out)
    }
}

/// What the daemon itself costs.
public struct StatsProcess: Equatable, Sendable, JSONReadable, JSONWritable {
    /// Memory it occupies, in bytes.
    public var residentBytes: Int
    /// Files and sockets it holds open.
    public var openFiles: Int
    /// Seconds that events waited for their turn.
    public var eventLoopDelay: StatsDistribution

    /// Reads the members of an object.
    public init(_ members: MemberReader) throws(ShapeError) {
        residentBytes = try members.integer("resident_bytes")
        openFiles = try members.integer("open_files")
        eventLoopDelay = try members.read("event_loop_delay")
    }

    /// What was sampled of the process.
    public init(residentBytes: Int, openFiles: Int, eventLoopDelay: StatsDistribution) {
        self.residentBytes = residentBytes
        self.openFiles = openFiles
        self.eventLoopDelay = eventLoopDelay
    }

    /// Appends the object.
    public func write(to out: inout ByteBuffer) {
        var delay = ByteBuffer()
        eventLoopDelay.write(to: &delay)
        write(eventLoopDelay: delay.span, to: &out)
    }

    func write(eventLoopDelay: Span<UInt8>, to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("resident_bytes", residentBytes, to: &out)
        object.add("open_files", openFiles, to: &out)
        object.add("event_loop_delay", token: eventLoopDelay, to: &out)
        object.end(&out)
    }
}

extension Schema {
    static let statistics = [
        statsAnswer, statsResult, statsText, statsScope, requestCounts, tokenCounts, errorCounts,
        overheadParts, distribution,
    ]

    static let statsAnswer = Schema(
        "StatsAnswer",
        #"""
        {"description": "Numbers, or text with `format` `prometheus`.",
         "anyOf": [{"$ref": "#/components/schemas/StatsResult"},
          {"$ref": "#/components/schemas/StatsText"}]}
        """#)

    static let statsResult = Schema(
        "StatsResult",
        #"""
        {"type": "object", "description": "What happened within the window.",
         "required": ["window", "uptime_seconds", "requests", "in_flight", "queued", "tokens",
          "@measures", "overhead_parts", "errors", "backends", "models", "clients", "process"],
         "properties": {
          "window": {"type": "string", "enum": ["1m", "5m", "15m", "1h", "total"],
            "description": "How far back this looks."},
          "uptime_seconds": {"type": "number", "minimum": 0,
            "description": "Seconds since the daemon started."},
          "requests": {"$ref": "#/components/schemas/RequestCounts"},
          "in_flight": {"type": "integer", "minimum": 0, "description": "Running now."},
          "queued": {"type": "integer", "minimum": 0, "description": "Waiting now."},
          "tokens": {"$ref": "#/components/schemas/TokenCounts"},
          "@measures": {},
          "overhead_parts": {"$ref": "#/components/schemas/OverheadParts"},
          "errors": {"$ref": "#/components/schemas/ErrorCounts"},
          "backends": {"type": "object", "description": "The same by backend.",
            "additionalProperties": {"$ref": "#/components/schemas/StatsScope"}},
          "models": {"type": "object", "description": "The same by model.",
            "additionalProperties": {"$ref": "#/components/schemas/StatsScope"}},
          "clients": {"type": "object", "description": "The same by client, `uid:1000 TAG`.",
            "additionalProperties": {"$ref": "#/components/schemas/StatsScope"}},
          "process": {"type": "object", "description": "The daemon itself.",
            "required": ["resident_bytes", "open_files", "event_loop_delay"], "properties": {
            "resident_bytes": {"type": "integer", "minimum": 0,
              "description": "Memory it occupies, in bytes."},
            "open_files": {"type": "integer", "minimum": 0,
              "description": "Files and sockets it holds open."},
            "event_loop_delay": {"$ref": "#/components/schemas/Distribution",
              "description": "Seconds that events waited for their turn."}}}}}
        """#, { StatsFigures.measures })

    static let statsText = Schema(
        "StatsText",
        #"""
        {"type": "object", "description": "The same numbers as text for Prometheus.",
         "required": ["content_type", "text"], "properties": {
          "content_type": {"type": "string", "description": "The text's media type."},
          "text": {"type": "string", "description": "One line per number."}}}
        """#)
}
