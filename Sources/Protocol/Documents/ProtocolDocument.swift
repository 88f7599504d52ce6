/// Writes docs/PROTOCOL.md: all that a tool author needs, from the registry and nothing else.
///
/// What stands in no table of the registry, how lines and JSON-RPC are handled, is prose here.
public struct ProtocolDocument {
    /// The daemon's version; nil where the page stands beside the sources it describes.
    public var version: String?
    /// Recorded exchanges, each with its name: lines that start with `-->` and `<--`.
    public var transcripts: [(name: String, text: String)]
    /// The limits' names and defaults, as text.
    public var limits: [(name: String, value: String)]

    var text = ""
    /// The schemas that need no table, or have one already.
    var shown: Set<String> = [
        "MethodObject", "ExampleValue", "OpenRPCDocument", "Error", "Limits",
    ]

    /// A document of these.
    public init(
        version: String? = nil, transcripts: [(name: String, text: String)] = [],
        limits: [(name: String, value: String)] = []
    ) {
        self.version = version
        self.transcripts = transcripts
        self.limits = limits
    }

    /// The document as Markdown.
    public static func write(
        version: String? = nil, transcripts: [(name: String, text: String)] = [],
        limits: [(name: String, value: String)] = [], to buffer: inout ByteBuffer
    ) {
        var document = ProtocolDocument(
            version: version, transcripts: transcripts, limits: limits)
        document.writeAll()
        while document.text.hasSuffix("\n\n") { document.text.removeLast() }
        buffer.append(utf8: document.text)
    }

    private mutating func writeAll() {
        text += Self.introduction(version: version)
        text += Self.lines
        text += Self.calls
        writeMethods()
        writeNotifications()
        writeErrors()
        writeLimits()
        writeShapes()
        writeTranscripts()
    }

    private mutating func writeMethods() {
        text += "## Methods\n\n| method | what it does |\n| --- | --- |\n"
        for method in Method.all {
            let name = "\(method.name)"
            text += "| [`\(name)`](#\(Self.anchor(name))) | \(method.description.summary) |\n"
        }
        text += "\n"
        for method in Method.all { write(method) }
    }

    private mutating func write(_ method: Method) {
        let description = method.description
        let name = "\(method.name)"
        text += "### `\(name)`\n\n\(description.summary)"
        if let more = description.description { text += " \(more)" }
        text += "\n\n"
        if description.parameters.isEmpty {
            text += "Parameters: none.\n\n"
        } else {
            text += "| parameter | type | meaning |\n| --- | --- | --- |\n"
            for parameter in description.parameters {
                let name = parameter.isRequired ? "**`\(parameter.name)`**" : "`\(parameter.name)`"
                let type = typeText(of: JSONValue(writtenBy: parameter.writeSchema(to:)))
                text += "| \(name) | \(type) | \(Self.cell(parameter.summary)) |\n"
            }
            text += "\n"
        }
        text += "Result: \(link(description.result))."
        if description.result.summary != description.summary {
            text += " \(description.result.summary)"
        }
        text += "\n\n"
        writeTables(of: description.result)
        let errors = description.errors.map { "\($0.code) `\($0.kind)`" }
        text += "Errors: \(errors.joined(separator: ", ")).\n\n"
        for example in description.examples {
            let params = JSONValue(literal: example.params)
            let call =
                params == [:] ? "" : ",\"params\":\(params.text)"
            text += "*\(example.name)*\n\n```\n"
            text += "--> {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(name)\"\(call)}\n"
            text += "<-- {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":"
            text += "\(JSONValue(literal: example.result).text)}\n```\n\n"
        }
    }

    private mutating func writeNotifications() {
        text += "## Notifications\n\nThe server sends them to those who asked for them.\n\n"
        for notification in ServerNotification.allCases {
            let name = "\(notification.name)"
            text += "### `\(name)`\n\n\(notification.summary)\n\n"
            writeTables(of: notification.params)
            text += "```\n<-- {\"jsonrpc\":\"2.0\",\"method\":\"\(name)\",\"params\":"
            text += "\(JSONValue(literal: notification.example).text)}\n```\n\n"
        }
    }

    private mutating func writeErrors() {
        text += "## Errors\n\n"
        text += Self.errors
        text += "| code | kind | meaning | retry | more in `data` |\n"
        text += "| --- | --- | --- | --- | --- |\n"
        for error in ErrorCode.all {
            let members = error.data.map {
                "`\($0.name)` \(Self.typeText(of: $0.type)): \(Self.cell($0.summary))"
            }
            text += "| \(error.code) | `\(error.kind)` | \(Self.cell(error.summary)) | "
            text += "\(error.retryable ? "yes" : "no") | \(members.joined(separator: "<br>")) |\n"
        }
        text += "\n"
    }

    private mutating func writeLimits() {
        text += "## Limits\n\n"
        text += Self.limitsProse
        text += "| limit | default | meaning |\n| --- | --- | --- |\n"
        for member in Schema.limits.value["properties"]?.objectValue?.members ?? [] {
            let value = limits.first { $0.name == member.name }?.value ?? ""
            let meaning = member.value["description"]?.stringValue ?? ""
            text += "| `\(member.name)` | \(value) | \(Self.cell(meaning)) |\n"
        }
        text += "\n"
    }

    /// The schemas that no method and no notification has shown: those of parameters.
    private mutating func writeShapes() {
        text += "## Shapes\n\nWhat parameters hold.\n\n"
        for schema in Schema.all where !shown.contains("\(schema.name)") {
            writeCaptionedTables(of: schema)
        }
    }

    private mutating func writeTranscripts() {
        if transcripts.isEmpty { return }
        text += "## Transcripts\n\n"
        text += """
            Recorded exchanges (docs/transcripts), which the tests replay against the daemon: what a
            client sends, `-->`, and what it gets, `<--`. There `<number>` and `"<text>"` stand for
            what differs from run to run, and `…` for members and elements that are left out. The
            server behind them is the simulator of the tests: prompts such as `echo:Hello!` or
            `tokens:9` tell it what to answer and mean nothing to a real model, and so do the
            models' names.


            """
        for transcript in transcripts {
            text += "### \(transcript.name)\n\n```\n\(transcript.text)"
            text += transcript.text.hasSuffix("\n") ? "```\n\n" : "\n```\n\n"
        }
    }
}

extension JSONValue {
    /// The tree of what `write` appends, which is JSON.
    init(writtenBy write: (inout ByteBuffer) -> Void) {
        var buffer = ByteBuffer()
        write(&buffer)
        guard let value = try? JSONValue(parsing: buffer.span) else {
            preconditionFailure("what was written is no JSON")
        }
        self = value
    }
}
