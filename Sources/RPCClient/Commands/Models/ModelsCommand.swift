import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let models = Command(
        "models", "list the models",
        options: [
            Option("backend", nil, "NAME", "only those of this backend"),
            Option("type", nil, "TYPE", "only llm, vlm, embeddings or unknown"),
            Option("state", nil, "STATE", "only loaded, loading, not-loaded or unknown"),
            Option("refresh", nil, nil, "ask the backends now instead of what is known"),
            Option("names", nil, nil, "only the names, one a line, for scripts"),
        ],
        details: """
            CONTEXT is the context in tokens: what the model is loaded with, and after a slash the
            most it can have. What a backend does not say is shown as a dash.
            """,
        examples: ["crowd-models models", "crowd-models models --state loaded --json"],
        run: runModels)

    private static func runModels(_ session: Session) throws(Failure) {
        let invocation = session.invocation
        let type = try invocation.choice("type", of: modelTypes)
        let state = try invocation.choice("state", of: modelStates)
        var params = JSONObject()
        params["backend"] = invocation["backend"].map(JSONValue.string)
        let refreshes = invocation.isSet("refresh")
        if refreshes {
            guard type == nil, state == nil else {
                throw Failure(.usage, "--refresh goes with neither --type nor --state")
            }
        } else {
            params["type"] = type.map(JSONValue.string)
            params["state"] = state.map(JSONValue.string)
        }
        try session.show(refreshes ? .modelsRefresh : .modelsList, params) {
            (result: ModelsResult) in
            for error in result.errors { ErrorOutput.note("\(error.backend): \(error.message)") }
            if result.models.isEmpty {
                ErrorOutput.note("no models; crowd-models backends shows which servers answer")
            }
            if invocation.isSet("names") { return Self.names(result.models.map(\.id)) }
            return ModelsView.lines(result.models, session.output.layout)
        }
    }

    private static let modelTypes = ["llm", "vlm", "embeddings", "unknown"]
    private static let modelStates = ["loaded", "loading", "not-loaded", "unknown"]
}
