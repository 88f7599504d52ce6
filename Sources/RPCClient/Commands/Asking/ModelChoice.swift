import CrowdModelsProtocol
import Link

/// A model named by a part of its name: asked for only where the whole name found nothing, so that
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

    /// Runs `ask` with the name as it is, and where there is no such model with the one model that
    /// has it in its name.
    static func retrying<Result>(
        _ name: String?, _ connection: DaemonConnection,
        accepting isWanted: (ModelDescription) -> Bool = { _ in true },
        _ ask: (String?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        do throws(Failure) {
            return try ask(name)
        } catch {
            guard let name, error.answer?.code == ErrorCode.modelNotFound.code else { throw error }
            let id = try connection.send("\(Method.modelsList.name)")
            let list = try ModelsResult(answer: try connection.result(of: id))
            guard let found = try find(name, among: list.models.filter(isWanted)), found != name
            else { throw error }
            return try ask(found)
        }
    }

    /// Whether it can answer a prompt.
    static func canChat(_ model: ModelDescription) -> Bool { model.type != "embeddings" }
}
