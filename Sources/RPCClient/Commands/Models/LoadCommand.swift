import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let load = Command(
        "load", "load a model and wait until it is", arguments: "MODEL",
        method: "models.load", words: 1...1,
        options: [
            Option("backend", nil, "NAME", "the backend that is to load it"),
            Option("context", "c", "TOKENS", "the context to load it with"),
            Option("ttl", nil, "S", "unload it after S seconds without use"),
        ],
        details: """
            MODEL is an id, an alias, or a part of one that only one model has. Not every backend
            can load a model by itself.
            """,
        examples: ["crowd-models load qwen3-4b", "crowd-models load qwen3 -c 8192 --ttl 600"],
        exits: "0 once it is loaded; 1 if it cannot be; 69 without daemon or backend."
    ) { (session) throws(Failure) in
        var params = JSONObject()
        params["backend"] = session.invocation["backend"].map(JSONValue.string)
        params["context_length"] = try session.invocation.integer("context")
            .map(JSONValue.integer)
        params["ttl"] = try session.invocation.integer("ttl").map(JSONValue.integer)
        try change(session, .modelsLoad, params)
    }

    static let unload = Command(
        "unload", "unload a model", arguments: "MODEL", method: "models.unload", words: 1...1,
        options: [Option("backend", nil, "NAME", "the backend that is to unload it")],
        details: "MODEL is an id, an alias, or a part of one that only one model has.",
        examples: ["crowd-models unload qwen3-4b"],
        exits: "0 once it is unloaded; 1 if it cannot be; 69 without daemon or backend."
    ) { (session) throws(Failure) in
        var params = JSONObject()
        params["backend"] = session.invocation["backend"].map(JSONValue.string)
        try change(session, .modelsUnload, params)
    }

    private static func change(
        _ session: Session, _ method: Method, _ params: JSONObject
    ) throws(Failure) {
        let connection = try session.connect()
        let waiting = WaitingLine(model: session.words[0], isQuiet: session.isJSON)
        let exchange = Exchange(on: connection, waiting)
        let result = try ModelChoice.run(method, session.words[0], connection) {
            (name) throws(Failure) in
            waiting.waits(for: name)
            var params = params
            params["model"] = name.map(JSONValue.string)
            if waiting.isShown { params["progress"] = true }
            return try exchange.run("\(method.name)", .object(params))
        }
        try session.show(result) { (model: ModelDescription) in
            [Printable.escaping("\(model.id) is \(model.state) on \(model.backend)")]
        }
    }
}
