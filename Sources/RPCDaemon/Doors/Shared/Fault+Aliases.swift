import CrowdModelsProtocol

extension Fault {
    /// The fault, and where it is about a model that only its maker runs, how to serve it all the
    /// same: programs that were written for one ask for it by name.
    func hinting(at model: String) -> Fault {
        let makers = ["claude", "gpt", "chatgpt", "codex", "o1", "o3", "o4", "gemini"]
        guard code == .modelNotFound, makers.contains(where: { model.hasPrefix($0) }) else {
            return self
        }
        var fault = self
        fault.message +=
            "; to answer for it with a model of yours, write below [aliases] in config.toml: "
            + "\"\(model)\" = \"NAME\""
        return fault
    }
}
