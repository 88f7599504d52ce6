import CrowdModelsProtocol

/// Tools of a request that only their maker's own servers run: no model here has seen them.
struct OmittedTools {
    /// As many are named in the log.
    private static let namedMax = 8
    private var types: [String] = []

    mutating func add(_ tool: ObjectView) {
        let type = JSONText.quoted(tool.token("type"))
        if types.count < Self.namedMax, !types.contains(type) { types.append(type) }
    }

    /// What is to be told of them; nil for none.
    var sentence: String? {
        if types.isEmpty { return nil }
        let names = types.map { "`\($0)`" }.joined(separator: ", ")
        return "left out of a request, being no functions: tools of type \(names)"
    }
}
