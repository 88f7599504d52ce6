/// A revision of the Model Context Protocol that the daemon speaks, the newest first.
public enum MCPVersion: String, CaseIterable, Sendable {
    /// Without sessions: each request names its version in `_meta`.
    case july2026 = "2026-07-28"
    /// Begun by `initialize`, as the one below.
    case november2025 = "2025-11-25"
    case june2025 = "2025-06-18"

    /// The member of `_meta` in which a request without session names its version.
    public static let metaName: StaticString = "io.modelcontextprotocol/protocolVersion"

    /// Whether results say what they are, and how long they may be kept.
    public var isStateless: Bool { self == .july2026 }

    /// What `initialize` is answered with: the version asked for where that begins with it, else
    /// the newest that does.
    public static func negotiated(_ asked: String) -> MCPVersion {
        guard let version = MCPVersion(rawValue: asked), !version.isStateless else {
            return .november2025
        }
        return version
    }

    /// The version that a call names in `_meta`; nil where it names none, as after `initialize`.
    /// Throws -32022 for one that is not spoken here.
    public static func named(
        by arguments: Arguments, in text: Span<UInt8>, survey: ParamsSurvey? = nil
    ) throws(Fault) -> MCPVersion? {
        guard
            let value = RequestMeta.value(of: metaName, by: arguments, in: text, survey: survey)
        else { return nil }
        let token = text.extracting(value.bounds)
        guard JSONKind(firstByte: token[0]) == .string else {
            throw Fault(
                .invalidParams, "`\(metaName)` in `_meta` must be a string",
                data: ["parameter": "_meta"])
        }
        for version in allCases where JSONText.string(token, reads: version.rawValue) {
            return version
        }
        let name = JSONText.quoted(token)
        let known = allCases.map(\.rawValue)
        throw Fault(
            .unsupportedProtocolVersion,
            "version \(name) of the Model Context Protocol is not spoken here; "
                + "\(known.joined(separator: ", ")) are",
            data: ["requested": .string(name), "supported": .array(known.map { .string($0) })])
    }
}
