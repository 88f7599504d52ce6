import CrowdModelsProtocol
import Link
import Screen

extension Command {
    static let show = Command(
        "show", "show all that is known of a model", arguments: "MODEL", words: 1...1,
        details: "MODEL is an id, an alias, or a part of one that only one model has.",
        examples: ["crowd-models show qwen3-4b"],
        exits: "0; 1 if there is no such model, or several; 69 without a daemon."
    ) { (session) throws(Failure) in
        let connection = try session.connect()
        let result = try ModelChoice.run(.modelsGet, session.words[0], connection) {
            (name) throws(Failure) in
            let id = try connection.send(
                "\(Method.modelsGet.name)", ["model": .string(name ?? "")])
            return try connection.result(of: id)
        }
        try session.show(result) { (model: ModelDescription) in
            ModelsView.lines(model, session.output.layout)
        }
    }
}
