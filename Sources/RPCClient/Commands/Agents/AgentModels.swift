import CrowdModelsProtocol
import Link

/// Which models there are for an agent, and which it is to begin with.
struct AgentModels {
    let all: [ModelDescription]
    let first: ModelDescription

    /// Chooses as `complete` would where no model is named: the default, else a loaded one, else
    /// the only one.
    ///
    /// - Parameters:
    ///   - wanted: a name, an alias or a part of one; nil for none.
    ///   - byDefault: the daemon's `default_model`; empty for none.
    init(
        _ models: [ModelDescription], wanted: String?, byDefault: String
    ) throws(Failure) {
        // A name that several servers have is one model to an agent.
        var seen: Set<String> = []
        all = models.filter { ModelChoice.canChat($0) && seen.insert($0.id).inserted }
        guard !all.isEmpty else {
            throw Failure(
                .failed, "there is no model that can answer; crowd-models backends says why")
        }
        let choices = "; there are \(all.map(\.id).joined(separator: ", "))"
        if let wanted = wanted ?? (byDefault.isEmpty ? nil : byDefault) {
            let part =
                try ModelChoice.model(wanted, among: all) == nil
                ? ModelChoice.find(wanted, among: all) : wanted
            guard let part, let model = ModelChoice.model(part, among: all) else {
                throw Failure(.failed, "no backend has the model \(wanted)\(choices)")
            }
            first = model
        } else if let found = Self.evident(all.filter { !$0.isRemote }) {
            first = found
        } else {
            throw Failure(.failed, "say which model to begin with: -m MODEL\(choices)")
        }
    }

    /// What nobody has to name: never one that runs elsewhere, which its caller leaves out.
    private static func evident(_ models: [ModelDescription]) -> ModelDescription? {
        models.first { $0.state == "loaded" } ?? (models.count == 1 ? models[0] : nil)
    }
}
