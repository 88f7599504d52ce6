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
            return modelLines(result.models, session.output.style)
        }
    }

    private static let modelTypes = ["llm", "vlm", "embeddings", "unknown"]
    private static let modelStates = ["loaded", "loading", "not-loaded", "unknown"]

    private static func modelLines(_ models: [ModelDescription], _ style: Style) -> [String] {
        if models.isEmpty {
            ErrorOutput.note("no models; crowd-models backends shows which servers answer")
            return []
        }
        var table = Table(
            .text("MODEL"), .text("STATE"), .text("TYPE"), .text("ARCH"), .text("QUANT"),
            .number("CONTEXT"), .text("BACKEND"))
        for model in models {
            table.append(
                model.id, model.state, model.type, model.arch, model.quantization,
                contextLengths(model), model.backend)
        }
        return table.lines(style)
    }

    private static func contextLengths(_ model: ModelDescription) -> String {
        if model.loadedContextLength == nil, model.maxContextLength == nil { return "" }
        return [model.loadedContextLength, model.maxContextLength]
            .map { $0.map(String.init) ?? "-" }.joined(separator: "/")
    }
}
