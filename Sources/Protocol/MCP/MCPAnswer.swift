/// What the methods of the Model Context Protocol answer, in the form of the version that the
/// request is made in: one without sessions says of each result what it is and from whom.
public struct MCPAnswer: Sendable {
    /// The version that the request named; nil after `initialize`.
    public let version: MCPVersion?

    /// Answers in that version's form.
    public init(_ version: MCPVersion?) {
        self.version = version
    }

    /// For whoever chooses among tools, and for the model of a host.
    private static let instructions = """
        Language models that run on this machine. `ask_model` asks one of them, `list_models` says \
        which there are. A call may wait for its turn or for a model to load; with a progress \
        token it tells how far it is.
        """

    /// Appends what `initialize` answers.
    public static func writeInitialized(_ version: MCPVersion, to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("protocolVersion", version.rawValue, to: &out)
        writeCapabilities(&object, to: &out)
        object.name("serverInfo", to: &out)
        writeServer(to: &out)
        object.add("instructions", instructions, to: &out)
        object.end(&out)
    }

    /// Appends what `server/discover` answers, in the form of the versions that have it.
    public static func writeDiscovery(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("supportedVersions", MCPVersion.allCases.map(\.rawValue), to: &out)
        writeCapabilities(&object, to: &out)
        object.add("instructions", instructions, to: &out)
        MCPAnswer(.july2026).end(&object, isKept: true, to: &out)
    }

    /// Appends what `tools/list` answers.
    public func writeTools(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.name("tools", to: &out)
        for (index, tool) in MCPTool.allCases.enumerated() {
            out.append(index == 0 ? "[" : ",")
            tool.write(to: &out)
        }
        out.append("]")
        end(&object, isKept: true, to: &out)
    }

    /// Appends what `tools/call` answers: a text, which is a JSON string token, and its source.
    public func writeResult(
        text: Span<UInt8>, structured: Span<UInt8>, to out: inout ByteBuffer
    ) {
        var object = ObjectWriter(&out)
        object.name("content", to: &out)
        out.append(#"[{"type":"text","text":"#)
        out.append(text)
        out.append("}]")
        object.name("structuredContent", to: &out)
        out.append(structured)
        object.add("isError", false, to: &out)
        end(&object, to: &out)
    }

    /// Appends what `tools/call` answers where the tool failed: our words for the model, and for
    /// programs the whole error in `_meta`.
    public func writeFailure(_ fault: Fault, to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.name("content", to: &out)
        out.append(#"[{"type":"text","text":"#)
        out.append(string: fault.message)
        out.append("}]")
        object.add("isError", true, to: &out)
        end(&object, failure: fault, to: &out)
    }

    private static func writeCapabilities(_ object: inout ObjectWriter, to out: inout ByteBuffer) {
        object.name("capabilities", to: &out)
        out.append(#"{"tools":{}}"#)
    }

    private static func writeServer(to out: inout ByteBuffer) {
        var object = ObjectWriter(&out)
        object.add("name", "\(OpenRPC.title)", to: &out)
        object.add("title", "Crowd Models Executor", to: &out)
        object.add("version", Release.version, to: &out)
        object.end(&out)
    }

    /// How long a list may be kept: the tools are those of the program.
    private static let keptMilliseconds = 3_600_000

    private func end(
        _ object: inout ObjectWriter, isKept: Bool = false, failure: Fault? = nil,
        to out: inout ByteBuffer
    ) {
        let isStateless = version?.isStateless == true
        if isStateless {
            object.add("resultType", "complete", to: &out)
            if isKept {
                object.add("ttlMs", Self.keptMilliseconds, to: &out)
                object.add("cacheScope", "public", to: &out)
            }
        }
        if isStateless || failure != nil {
            object.name("_meta", to: &out)
            var meta = ObjectWriter(&out)
            if isStateless {
                meta.name("io.modelcontextprotocol/serverInfo", to: &out)
                Self.writeServer(to: &out)
            }
            if let failure {
                meta.name("crowd-models/error", to: &out)
                failure.write(to: &out)
            }
            meta.end(&out)
        }
        object.end(&out)
    }
}
