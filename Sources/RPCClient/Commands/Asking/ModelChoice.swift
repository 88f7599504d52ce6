import CrowdModelsProtocol
import Link

/// A model named by a part of its name: looked for only where the whole name is none, so that
/// whoever spells it out waits for no list.
enum ModelChoice {
    /// The one model whose name holds that part, letters' case aside; nil where none does. Throws
    /// where several do, and names them.
    static func find(
        _ part: String, among models: [ModelDescription]
    ) throws(Failure) -> String? {
        let wanted = part.lowercased()
        let names = models.flatMap { [$0.id] + $0.aliases }
        var found: [String] = []
        for name in names where name.lowercased().contains(wanted) && !found.contains(name) {
            found.append(name)
        }
        // An alias and the name that it stands for are one model.
        let ids = found.map { name in models.first { $0.aliases.contains(name) }?.id ?? name }
        if Set(ids).count > 1 {
            throw Failure(
                .failed,
                "\"\(part)\" is a part of several names: \(found.joined(separator: ", "))")
        }
        return found.first
    }

    /// Runs `ask`, a call of `method`, with the name as it is, and where there is no such model
    /// with the one model that has it in its name. Which it is `check` says, so that a part of a
    /// name is no rejected request in anybody's numbers.
    static func run<Result>(
        _ method: Method, _ name: String?, _ connection: DaemonConnection,
        accepting isWanted: (ModelDescription) -> Bool = { _ in true },
        _ ask: (String?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let name, try !isKnown(name, to: method, connection) else { return try ask(name) }
        let id = try connection.send("\(Method.modelsList.name)")
        let list = try ModelsResult(answer: try connection.result(of: id))
        // One that cannot do it is better than none: the daemon says of it why not.
        var found = try find(name, among: list.models.filter(isWanted))
        if found == nil { found = try find(name, among: list.models) }
        return try ask(found ?? name)
    }

    /// Whether a call with that name would find its model.
    private static func isKnown(
        _ name: String, to method: Method, _ connection: DaemonConnection
    ) throws(Failure) -> Bool {
        var params: JSONObject = ["model": .string(name)]
        switch method {
        case .complete, .routeExplain: params["prompt"] = "x"
        case .embed: params["input"] = "x"
        default: break
        }
        let id = try connection.send(
            "\(Method.check.name)",
            ["method": .string("\(method.name)"), "params": .object(params)])
        do throws(Failure) {
            _ = try connection.result(of: id)
            return true
        } catch {
            guard error.answer != nil else { throw error }
            return error.answer?.code != ErrorCode.modelNotFound.code
        }
    }

    /// The model of that name or alias.
    static func model(_ name: String, among models: [ModelDescription]) -> ModelDescription? {
        models.first { $0.id == name } ?? models.first { $0.aliases.contains(name) }
    }

    /// Whether it can answer a prompt.
    static func canChat(_ model: ModelDescription) -> Bool { model.type != "embeddings" }
}
